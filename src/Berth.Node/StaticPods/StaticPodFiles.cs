using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.StaticPods;

/// <summary>Reads the pods that a directory (or one file) describes, and gives each its identity on this node. No state.</summary>
/// <param name="parse">From YAML or JSON, with the defaults that the API would give; throws <see cref="FormatException"/> for what is no pod.</param>
public sealed class StaticPodFiles(string path, string nodeName, Func<byte[], Pod> parse)
{
    public const string Source = "kubernetes.io/config.source";
    public const string Hash = "kubernetes.io/config.hash";
    public const string Mirror = "kubernetes.io/config.mirror";

    public static bool IsStatic(Pod pod) => pod.Metadata.Annotations.TryGetValue(Source, out var source) && source == "file";

    public static bool IsMirror(Pod pod) => pod.Metadata.Annotations.ContainsKey(Mirror);

    /// <summary>By uid. Files that cannot be used are told by name, with the reason, and stand in nobody's way.</summary>
    public (IReadOnlyDictionary<string, Pod> Pods, IReadOnlyDictionary<string, string> Problems) Read()
    {
        var pods = new Dictionary<string, Pod>(StringComparer.Ordinal);
        var problems = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Files())
        {
            try
            {
                var pod = Identify(File.ReadAllBytes(file), file);
                if (names.Add($"{pod.Metadata.Namespace}/{pod.Metadata.Name}"))
                    pods[pod.Metadata.Uid] = pod;
                else
                    problems[file] = $"another file describes pod {pod.Metadata.Namespace}/{pod.Metadata.Name} too";
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
            {
                problems[file] = error.Message;
            }
        }

        return (pods, problems);
    }

    private IEnumerable<string> Files() => File.Exists(path) ? [path]
        // Editors and copies in progress write hidden files.
        : Directory.Exists(path) ? Directory.EnumerateFiles(path).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)
        : [];

    private Pod Identify(byte[] content, string file)
    {
        var pod = parse(content);
        if (pod.Metadata.Name.Length == 0)
            throw new FormatException("the pod has no name");
        if (pod.Spec.Containers.IsEmpty)
            throw new FormatException("the pod has no containers");
        if (pod.Spec.ServiceAccountName.Length > 0 || pod.Spec.Volumes.Any(v => v.Secret is not null || v.ConfigMap is not null || v.PersistentVolumeClaim is not null || v.Projected is not null)
            || pod.Spec.Containers.Concat(pod.Spec.InitContainers).Any(c => c.EnvFrom.Count > 0 || c.Env.Any(e => e.ValueFrom is { SecretKeyRef: not null } or { ConfigMapKeyRef: not null })))
            throw new FormatException("a static pod runs without the API: it cannot refer to a ServiceAccount, Secret, ConfigMap or claim");
        // The same file on the same node is the same pod, also to an agent that comes after this one; a changed one is another.
        var uid = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes($"{nodeName}\n{file}\n").Concat(content).ToArray()));
        var meta = pod.Metadata;
        return pod with
        {
            Metadata = meta with
            {
                Name = $"{meta.Name}-{nodeName.ToLowerInvariant()}",
                Namespace = meta.Namespace.Length == 0 ? "default" : meta.Namespace,
                Uid = uid,
                Annotations = meta.Annotations.With(Source, "file").With(Hash, uid).Without(Mirror),
            },
            Spec = pod.Spec with
            {
                NodeName = nodeName,
                Tolerations = [.. pod.Spec.Tolerations, new Toleration { Operator = "Exists", Effect = "NoExecute" }],
            },
            Status = PodStatus.Empty,
        };
    }

    /// <summary>What the API is to show of a static pod.</summary>
    /// <param name="nodeUid">The Node owns it: with the node goes what it shows.</param>
    public static Pod MirrorOf(Pod pod, string nodeName, string nodeUid) => pod with
    {
        Metadata = pod.Metadata with
        {
            Uid = "",
            ResourceVersion = "",
            Annotations = pod.Metadata.Annotations.With(Mirror, pod.Metadata.Annotations[Hash]),
            OwnerReferences = [new() { ApiVersion = "v1", Kind = "Node", Name = nodeName, Uid = nodeUid, Controller = true }],
        },
        Status = PodStatus.Empty,
    };

    internal static string Describe(IReadOnlyDictionary<string, string> problems) =>
        string.Join("; ", problems.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}: {p.Value}")));
}
