using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Controllers.NodeLifecycle;

/// <summary>From a node's conditions to its taints, and from its silence to its conditions. Pure.</summary>
public static class NodeReconciler
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    public const string Unschedulable = "node.kubernetes.io/unschedulable";

    // NetworkUnavailable is not among them: it is not the node that reports it.
    private static readonly string[] s_reported = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private static readonly (string Condition, string Status, string Taint)[] s_taints =
    [
        ("Ready", "False", NotReady),
        ("Ready", "Unknown", Unreachable),
        ("MemoryPressure", "True", "node.kubernetes.io/memory-pressure"),
        ("DiskPressure", "True", "node.kubernetes.io/disk-pressure"),
        ("PIDPressure", "True", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"),
    ];

    public static NodeCondition? Ready(Node node) => node.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");

    public static bool IsReady(Node node) => Ready(node) is { Status: "True" };

    /// <summary>The conditions of a node that has gone silent: nobody knows them any more.</summary>
    public static ApiList<NodeCondition> Silenced(Node node, DateTimeOffset now)
    {
        var conditions = node.Status.Conditions.Map(c => !s_reported.Contains(c.Type) || c.Status == "Unknown" ? c : c with
        {
            Status = "Unknown",
            Reason = "NodeStatusUnknown",
            Message = "Kubelet stopped posting node status.",
            LastTransitionTime = now,
        });
        foreach (var type in s_reported)
        {
            if (conditions.Any(c => c.Type == type))
                continue;
            conditions = conditions.Add(new NodeCondition
            {
                Type = type,
                Status = "Unknown",
                Reason = "NodeStatusNeverUpdated",
                Message = "Kubelet never posted node status.",
                LastHeartbeatTime = node.Metadata.CreationTimestamp,
                LastTransitionTime = now,
            });
        }

        return conditions;
    }

    /// <summary>
    /// The taints that a node should have: those of others as they are, ours by its conditions. Existing ones keep their
    /// place and their time.
    /// </summary>
    /// <param name="evict">
    /// Whether a node that is not ready may lose its pods. When false, a NoExecute taint that is there is taken away, so that
    /// nothing is evicted while the control plane may be the one that is cut off.
    /// </param>
    /// <param name="mayAdd">Whether a NoExecute taint may be added now; the rate of evictions is bounded.</param>
    public static ApiList<Taint> Taints(Node node, bool evict, bool mayAdd, DateTimeOffset now)
    {
        var wanted = new List<Taint>();
        foreach (var (condition, status, taint) in s_taints)
        {
            if (node.Status.Conditions.Any(c => c.Type == condition && c.Status == status))
                wanted.Add(new Taint { Key = taint, Effect = "NoSchedule", TimeAdded = now });
        }

        if (node.Spec.Unschedulable)
            wanted.Add(new Taint { Key = Unschedulable, Effect = "NoSchedule", TimeAdded = now });
        if (evict && Ready(node) is { } ready && ready.Status != "True")
        {
            // From one kind of not ready to the other is no new eviction.
            if (mayAdd || node.Spec.Taints.Any(IsEvicting))
                wanted.Add(new Taint { Key = ready.Status == "Unknown" ? Unreachable : NotReady, Effect = "NoExecute", TimeAdded = now });
        }

        var kept = node.Spec.Taints.Where(t => !IsOurs(t) || wanted.Exists(w => Same(w, t))).ToList();
        kept.AddRange(wanted.Where(w => !kept.Exists(t => Same(w, t))));
        var taints = kept.ToApiList();
        return taints.Equals(node.Spec.Taints) ? node.Spec.Taints : taints;
    }

    /// <summary>True when the node should have a NoExecute taint and has none.</summary>
    public static bool WantsEviction(Node node) => Ready(node) is { } ready && ready.Status != "True" && !node.Spec.Taints.Any(IsEvicting);

    /// <summary>A pod on a node that is not ready is not ready either; null when its status says so already.</summary>
    public static PodStatus? NotReadyStatus(Pod pod, DateTimeOffset now)
    {
        if (!pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: not "False" }))
            return null;
        return pod.Status with
        {
            Conditions = pod.Status.Conditions.Map(c => c.Type == "Ready" && c.Status != "False" ? c with { Status = "False", LastTransitionTime = now } : c),
        };
    }

    private static bool IsEvicting(Taint taint) => taint is { Effect: "NoExecute", Key: NotReady or Unreachable };

    private static bool IsOurs(Taint taint) => IsEvicting(taint)
        || (taint.Effect == "NoSchedule" && (taint.Key == Unschedulable || s_taints.Any(t => t.Taint == taint.Key)));

    private static bool Same(Taint a, Taint b) => a.Key == b.Key && a.Effect == b.Effect;
}
