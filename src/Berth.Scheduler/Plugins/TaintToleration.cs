using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with fewer soft taints that they do not.</summary>
public sealed class TaintToleration : IFilterPlugin, IScorePlugin
{
    public string Name => nameof(TaintToleration);

    public int Weight => 3;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        if (state.Tainted.IsEmpty)
            return;
        foreach (var row in candidates.Remaining.Intersect(state.Tainted))
        {
            if (!Tolerations.TolerateHard(pod.Pod, state.Node(row)))
                candidates.Reject(row, Name, resolvable: false, "node(s) had untolerated taint(s)");
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change) => change switch
    {
        ClusterEvent.NodeAdded(var node) => Tolerations.TolerateHard(pod, node),
        ClusterEvent.NodeChanged(var old, var node) => !old.Spec.Taints.Equals(node.Spec.Taints) && Tolerations.TolerateHard(pod, node),
        ClusterEvent.SelfChanged(var old, var now) => !old.Spec.Tolerations.Equals(now.Spec.Tolerations),
        _ => false,
    };

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        // Tolerations that say no effect count for soft taints too.
        foreach (var row in nodes.Intersect(state.SoftTainted))
        {
            foreach (var taint in state.Node(row).Spec.Taints)
            {
                if (taint.Effect == "PreferNoSchedule" && !Tolerations.Tolerate(pod.Pod.Spec.Tolerations, taint))
                    scores[row]++;
            }
        }

        Normalization.ByMax(nodes, scores, reverse: true);
    }
}
