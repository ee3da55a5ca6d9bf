using Berth.Api.Core.V1;

namespace Berth.Nodes;

/// <summary>What <c>berth node drain</c> may do.</summary>
internal sealed record DrainOptions
{
    public bool Force { get; init; }

    public bool DeleteEmptyDirData { get; init; }

    /// <summary>Null: as long as it takes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Null: each pod's own.</summary>
    public int? GraceSeconds { get; init; }
}

/// <summary>Which of a node's pods a drain evicts, which it leaves, and which keep it from beginning. Pure.</summary>
internal sealed record DrainPlan(IReadOnlyList<Pod> Evict, IReadOnlyList<string> Left, IReadOnlyList<string> Refused)
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    public static DrainPlan Of(IEnumerable<Pod> pods, DrainOptions options)
    {
        List<Pod> evict = [];
        List<string> left = [], refused = [];
        foreach (var pod in pods)
        {
            var name = $"{pod.Metadata.Namespace}/{pod.Metadata.Name}";
            var owner = pod.Metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true);
            if (pod.Metadata.Annotations.ContainsKey(MirrorAnnotation))
                left.Add($"{name}: a static pod of the node");
            else if (owner is { Kind: "DaemonSet" })
                left.Add($"{name}: its DaemonSet would make it again here");
            else if (pod.Status.Phase is "Succeeded" or "Failed")
                evict.Add(pod);
            else if (owner is null && !options.Force)
                refused.Add($"{name} has no controller that makes it again elsewhere (--force deletes it)");
            else if (!options.DeleteEmptyDirData && pod.Spec.Volumes.Any(v => v.EmptyDir is not null))
                refused.Add($"{name} has an emptyDir volume, whose data would be lost (--delete-emptydir-data accepts that)");
            else
                evict.Add(pod);
        }

        return new(evict, left, refused);
    }
}
