using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Keeps pods off cordoned nodes, unless they tolerate it.</summary>
public sealed class NodeUnschedulable : IFilterPlugin
{
    private static readonly Taint s_taint = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };

    public string Name => nameof(NodeUnschedulable);

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        if (state.Cordoned.IsEmpty || Tolerations.Tolerate(pod.Pod.Spec.Tolerations, s_taint))
            return;
        foreach (var row in candidates.Remaining.Intersect(state.Cordoned))
            candidates.Reject(row, Name, resolvable: false, "node(s) were unschedulable");
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change switch
    {
        ClusterEvent.NodeAdded(var node) => !node.Spec.Unschedulable,
        ClusterEvent.NodeChanged(var old, var node) => old.Spec.Unschedulable && !node.Spec.Unschedulable,
        ClusterEvent.SelfChanged(_, var now) => Tolerations.Tolerate(now.Spec.Tolerations, s_taint),
        _ => false,
    };
}
