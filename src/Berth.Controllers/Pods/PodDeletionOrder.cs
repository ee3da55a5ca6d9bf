using System.Globalization;
using Berth.Api.Core.V1;

namespace Berth.Controllers.Pods;

/// <summary>Which of an owner's pods go first when there are too many: those whose loss costs least.</summary>
public static class PodDeletionOrder
{
    private const string CostAnnotation = "controller.kubernetes.io/pod-deletion-cost";

    /// <summary>The pods, those to be deleted first at the front.</summary>
    /// <param name="related">Active pods of the same application, the given ones among them; of two pods, the one on the node with more of these goes first.</param>
    public static IReadOnlyList<Pod> Sort(IEnumerable<Pod> pods, IEnumerable<Pod> related, DateTimeOffset now)
    {
        var perNode = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pod in related)
        {
            if (pod.Spec.NodeName.Length > 0 && PodFacts.IsActive(pod))
                perNode[pod.Spec.NodeName] = perNode.GetValueOrDefault(pod.Spec.NodeName) + 1;
        }

        return
        [
            .. pods
                .OrderBy(static p => p.Spec.NodeName.Length > 0)
                .ThenBy(static p => p.Status.Phase switch { "Running" => 2, "Unknown" => 1, _ => 0 })
                .ThenBy(PodFacts.IsReady)
                .ThenBy(Cost)
                .ThenByDescending(p => perNode.GetValueOrDefault(p.Spec.NodeName))
                .ThenBy(p => AgeRank(PodFacts.ReadySince(p), now))
                .ThenByDescending(Restarts)
                .ThenBy(p => AgeRank(p.Metadata.CreationTimestamp?.Value, now))
                .ThenBy(static p => p.Metadata.Uid, StringComparer.Ordinal),
        ];
    }

    private static int Cost(Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(CostAnnotation, out var text) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost) ? cost : 0;

    // Ages are compared by order of magnitude, so that among pods of about one age chance (the uid) decides, and not always
    // the same zone, filled last, is emptied first. Pods without a time rank as youngest.
    private static int AgeRank(DateTimeOffset? since, DateTimeOffset now) =>
        since is { } start ? (int)Math.Log2(Math.Max(1, (now - start).TotalSeconds)) : -1;

    private static int Restarts(Pod pod)
    {
        var most = 0;
        foreach (var status in pod.Status.ContainerStatuses)
            most = Math.Max(most, status.RestartCount);
        return most;
    }
}
