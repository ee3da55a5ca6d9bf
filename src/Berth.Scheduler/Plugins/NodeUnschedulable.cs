using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Keeps pods off cordoned nodes, unless they tolerate it.</summary>
public sealed class NodeUnschedulable : IFilterPlugin
{
    private static readonly Berth.Api.Core.V1.Taint s_taint = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };

    public string Name => nameof(NodeUnschedulable);

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        if (Tolerations.Tolerate(pod.Pod.Spec.Tolerations, s_taint))
            return;
        foreach (var row in candidates.Remaining)
        {
            if (state.Node(row).Spec.Unschedulable)
                candidates.Reject(row, Name, resolvable: false, "node(s) were unschedulable");
        }
    }
}
