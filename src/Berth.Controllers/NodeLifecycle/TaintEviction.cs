using Berth.Api.Core.V1;
using Berth.Controllers.DaemonSets;

namespace Berth.Controllers.NodeLifecycle;

/// <summary>Whether, and when, a pod must leave a node because of the node's NoExecute taints. Pure.</summary>
public static class TaintEviction
{
    /// <summary>
    /// The moment at which the pod is to go; null when it may stay for good. The shortest of the tolerations that are used
    /// counts, from the moment at which the taints were first seen.
    /// </summary>
    public static DateTimeOffset? Due(Pod pod, Node node, DateTimeOffset seenAt)
    {
        var taints = node.Spec.Taints.Where(t => t.Effect == "NoExecute").ToList();
        if (taints.Count == 0)
            return null;
        DateTimeOffset? due = null;
        foreach (var taint in taints)
        {
            if (pod.Spec.Tolerations.FirstOrDefault(t => DaemonPods.Tolerates(t, taint)) is not { } toleration)
                return DateTimeOffset.MinValue;
            if (toleration.TolerationSeconds is not { } seconds)
                continue;
            // Longer than a century is for good, and would not fit a date.
            if (seconds > 3_153_600_000)
                continue;
            var end = seconds <= 0 ? DateTimeOffset.MinValue : seenAt.AddSeconds(seconds);
            if (due is null || end < due)
                due = end;
        }

        return due;
    }

    /// <summary>Since when the pod has been on a node with these taints, as far as the objects tell.</summary>
    public static DateTimeOffset Since(Pod pod, Node node, DateTimeOffset now)
    {
        // Where nobody wrote down when a taint came, it came just now: too late an eviction is better than too early.
        var tainted = node.Spec.Taints.Where(t => t.Effect == "NoExecute").Select(t => t.TimeAdded?.Value ?? now).DefaultIfEmpty(now).Max();
        var started = pod.Status.StartTime?.Value ?? pod.Metadata.CreationTimestamp?.Value ?? now;
        var since = tainted > started ? tainted : started;
        return since < now ? since : now;
    }
}
