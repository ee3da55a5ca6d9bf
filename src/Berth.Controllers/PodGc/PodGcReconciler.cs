using Berth.Api.Core.V1;
using Berth.Controllers.NodeLifecycle;
using Berth.Controllers.Pods;

namespace Berth.Controllers.PodGc;

/// <summary>Which pods nobody else will ever take away. Pure.</summary>
public static class PodGcReconciler
{
    /// <summary>As Kubernetes by default: ended pods past this number go, the oldest first.</summary>
    public const int TerminatedMax = 12_500;

    /// <param name="lostNodes">Nodes that are known not to exist, and not only to be missing from a cache.</param>
    public static IReadOnlyList<PodRemoval> Plan(IReadOnlyCollection<Pod> pods, Func<string, Node?> nodes, IReadOnlySet<string> lostNodes, int terminatedMax = TerminatedMax)
    {
        var removals = new Dictionary<string, PodRemoval>(StringComparer.Ordinal);
        var ended = pods.Where(PodFacts.IsFinished).ToList();
        // Evicted pods first: their owners have replaced them long ago.
        foreach (var pod in ended.OrderBy(p => p is { Status: { Phase: "Failed", Reason: "Evicted" } } ? 0 : 1)
            .ThenBy(p => p.Metadata.CreationTimestamp?.Value)
            .ThenBy(p => p.Metadata.Name, StringComparer.Ordinal)
            .Take(Math.Max(0, ended.Count - terminatedMax)))
        {
            removals[pod.Metadata.Uid] = new PodRemoval(pod, PodRemovalReason.Terminated);
        }

        foreach (var pod in pods)
        {
            if (Reason(pod, nodes, lostNodes) is { } reason)
                removals.TryAdd(pod.Metadata.Uid, new PodRemoval(pod, reason));
        }

        return [.. removals.Values];
    }

    /// <summary>Names of nodes that pods are on and that the cache does not have.</summary>
    public static IReadOnlySet<string> MissingNodes(IReadOnlyCollection<Pod> pods, Func<string, Node?> nodes) =>
        pods.Select(p => p.Spec.NodeName).Where(n => n.Length > 0 && nodes(n) is null).ToHashSet(StringComparer.Ordinal);

    private static PodRemovalReason? Reason(Pod pod, Func<string, Node?> nodes, IReadOnlySet<string> lostNodes)
    {
        var name = pod.Spec.NodeName;
        if (name.Length > 0 && lostNodes.Contains(name))
            return PodRemovalReason.Orphaned;
        if (pod.Metadata.DeletionTimestamp is null)
            return null;
        if (name.Length == 0)
            return PodRemovalReason.Unscheduled;
        return nodes(name) is { } node && !NodeReconciler.IsReady(node) && node.Spec.Taints.Any(t => t.Key == "node.kubernetes.io/out-of-service")
            ? PodRemovalReason.OutOfService
            : null;
    }
}
