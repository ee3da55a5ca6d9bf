using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with fewer soft taints that they do not.</summary>
public sealed class TaintToleration : IFilterPlugin, IScorePlugin
{
    public string Name => nameof(TaintToleration);

    public int Weight => 3;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        foreach (var row in candidates.Remaining)
        {
            foreach (var taint in state.Node(row).Spec.Taints)
            {
                if (taint.Effect is "NoSchedule" or "NoExecute" && !Tolerations.Tolerate(pod.Pod.Spec.Tolerations, taint))
                {
                    candidates.Reject(row, Name, resolvable: false, "node(s) had untolerated taint(s)");
                    break;
                }
            }
        }
    }

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        foreach (var row in nodes)
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
