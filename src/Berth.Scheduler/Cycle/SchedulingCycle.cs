using Berth.Scheduler.Explain;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>
/// Places one pod on the state as it is: filters, scores, chooses. Pure: the same state, pod and seed give the same node.
/// </summary>
/// <remarks>
/// 1. Filters run in order over the nodes that remain. 2. With one node left, or none, scoring is skipped. 3. Scores are
/// summed by weight. 4. Of the best, one is taken by the seeded choice, so that equal nodes fill evenly.
/// </remarks>
public sealed class SchedulingCycle(IReadOnlyList<IFilterPlugin> filters, IReadOnlyList<IScorePlugin> scorers)
{
    public Decision Decide(PodContext pod, ClusterState state, Random choice)
    {
        var candidates = new Candidates(state);
        // 1.
        foreach (var filter in filters)
        {
            if (candidates.Remaining.IsEmpty)
                break;
            filter.Filter(pod, state, candidates);
        }

        // 2.
        var feasible = candidates.Remaining.Count;
        if (feasible == 0)
            return new Decision.Unschedulable(candidates, FitMessage.Of(candidates));
        if (feasible == 1)
        {
            foreach (var row in candidates.Remaining)
                return new Decision.Placed(state.Node(row).Metadata.Name, 1, 0);
        }

        // 3.
        var total = new long[state.RowCount];
        var scores = new long[state.RowCount];
        foreach (var scorer in scorers)
        {
            Array.Clear(scores);
            scorer.Score(pod, state, candidates.Remaining, scores);
            foreach (var row in candidates.Remaining)
                total[row] += scores[row] * scorer.Weight;
        }

        // 4. Reservoir choice among the best: each of n equals is kept with probability 1/n.
        int best = -1, equals = 0;
        foreach (var row in candidates.Remaining)
        {
            if (best < 0 || total[row] > total[best])
            {
                best = row;
                equals = 1;
            }
            else if (total[row] == total[best] && choice.Next(++equals) == 0)
            {
                best = row;
            }
        }

        return new Decision.Placed(state.Node(best).Metadata.Name, feasible, total[best]);
    }
}
