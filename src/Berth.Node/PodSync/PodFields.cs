using System.Globalization;
using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>Parts of a pod that its containers may ask for: fieldRef and resourceFieldRef, in variables and in files.</summary>
public static class PodFields
{
    /// <param name="ips">Of the pod, the primary first.</param>
    /// <exception cref="ContainerConfigException">There is no such field.</exception>
    public static string Field(Pod pod, string path, IReadOnlyList<string> ips, IReadOnlyList<string> hostIps)
    {
        var meta = pod.Metadata;
        if (Subscript(path, "metadata.labels") is { } label) return meta.Labels.GetOr(label, "");
        if (Subscript(path, "metadata.annotations") is { } annotation) return meta.Annotations.GetOr(annotation, "");
        return path switch
        {
            "metadata.name" => meta.Name,
            "metadata.namespace" => meta.Namespace,
            "metadata.uid" => meta.Uid,
            "metadata.labels" => Lines(meta.Labels),
            "metadata.annotations" => Lines(meta.Annotations),
            "spec.nodeName" => pod.Spec.NodeName,
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
            "spec.restartPolicy" => pod.Spec.RestartPolicy,
            "status.hostIP" => hostIps.FirstOrDefault() ?? "",
            "status.hostIPs" => string.Join(',', hostIps),
            "status.podIP" => ips.FirstOrDefault() ?? "",
            "status.podIPs" => string.Join(',', ips),
            _ => throw ContainerConfigException.Config($"unsupported fieldPath: {path}"),
        };
    }

    /// <param name="allocatable">Of the node: what a container without a limit may take.</param>
    public static string Resource(Pod pod, Container own, ResourceFieldSelector selector, ApiMap<Quantity> allocatable)
    {
        var container = selector.ContainerName.Length == 0
            ? own
            : PodContainer.Find(pod, selector.ContainerName)?.Spec
                ?? throw ContainerConfigException.Config($"container {selector.ContainerName} not found");
        var dot = selector.Resource.IndexOf('.', StringComparison.Ordinal);
        var (kind, name) = dot < 0 ? ("", selector.Resource) : (selector.Resource[..dot], selector.Resource[(dot + 1)..]);
        var limit = container.Resources.Limits.GetOr(name);
        var value = kind switch
        {
            "limits" => limit.IsZero ? allocatable.GetOr(name) : limit,
            "requests" => container.Resources.Requests.TryGetValue(name, out var request) ? request : limit,
            _ => throw ContainerConfigException.Config($"unsupported container resource : {selector.Resource}"),
        };
        var divisor = selector.Divisor.IsZero ? Quantity.FromUnits(1) : selector.Divisor;
        // Rounded up, as Kubernetes does: a third of a CPU is one CPU with divisor 1.
        var number = name == "cpu"
            ? (value.MilliValue + divisor.MilliValue - 1) / Math.Max(1, divisor.MilliValue)
            : (value.Value + divisor.Value - 1) / Math.Max(1, divisor.Value);
        return number.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary><c>key="value"</c>, one a line, quoted as Go's %q does.</summary>
    internal static string Lines(ApiMap<string> map) => string.Join('\n', map.Select(e => $"{e.Key}={Quote(e.Value)}"));

    private static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\r' => result.Append("\\r"),
                '\t' => result.Append("\\t"),
                < ' ' or '\x7f' => result.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => result.Append(c),
            };
        }

        return result.Append('"').ToString();
    }

    private static string? Subscript(string path, string of) =>
        path.StartsWith(of + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal) ? path[(of.Length + 2)..^2] : null;
}
