using Berth.Scheduler.Explain;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Cycle;

/// <summary>
/// Places one pod on the state as it is: filters, scores, chooses. Pure: the same state, pod and seed give the same node.
/// </summary>
/// <remarks>
/// 1. Filters run in order over the nodes that remain. 2. A pod for which room was made goes where it was made, if it fits
/// there. 3. With one node left, or none, scoring is skipped. 4. Scores are summed by weight. 5. Of the best, one is taken by
/// the seeded choice, so that equal nodes fill evenly.
/// </remarks>
public sealed class SchedulingCycle
{
    private readonly IReadOnlyList<(IScorePlugin Plugin, int Weight)> _scorers;

    public SchedulingCycle(SchedulerProfile profile)
    {
        Filters = profile.Filters;
        _scorers = profile.Scorers;
    }

    public SchedulingCycle(IReadOnlyList<IFilterPlugin> filters, IReadOnlyList<IScorePlugin> scorers)
    {
        Filters = filters;
        _scorers = [.. scorers.Select(s => (s, s.Weight))];
    }

    public IReadOnlyList<IFilterPlugin> Filters { get; }

    /// <param name="nominations">Pods for which room was made elsewhere; theirs is left to them. Null for none.</param>
    public Decision Decide(PodContext pod, ClusterState state, Random choice, Nominations? nominations = null)
    {
        var candidates = new Candidates(state);
        // 1.
        Filter(pod, state, candidates, nominations);
        var feasible = candidates.Remaining.Count;
        if (feasible == 0)
            return new Decision.Unschedulable(candidates, FitMessage.Of(candidates));

        // 2.
        if (nominations?.NodeOf(pod.Pod.Metadata.Uid) is { } promised && state.Row(promised) is { } own && candidates.Remaining.Contains(own))
            return new Decision.Placed(promised, feasible, 0);

        // 3.
        if (feasible == 1)
        {
            foreach (var row in candidates.Remaining)
                return new Decision.Placed(state.Node(row).Metadata.Name, 1, 0);
        }

        // 4.
        var total = Score(pod, state, candidates.Remaining);

        // 5. Reservoir choice among the best: each of n equals is kept with probability 1/n.
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

    /// <summary>
    /// Runs the filters over the candidates. Room promised to pods that are no less important is taken as used; a node must
    /// do without those pods too, since they may go elsewhere and this pod may want to be near them.
    /// </summary>
    public void Filter(PodContext pod, ClusterState state, Candidates candidates, Nominations? nominations)
    {
        var guests = nominations?.Before(pod.Pod, state) ?? [];
        if (guests.Count > 0)
        {
            foreach (var (guest, nodeName) in guests)
                state.Reserve(guest, nodeName);
            try
            {
                Run(pod, state, candidates);
            }
            finally
            {
                foreach (var (guest, _) in guests)
                    state.RemovePod(guest.Metadata.Uid);
            }
        }

        Run(pod, state, candidates);
    }

    /// <summary>The weighted sum of all scores, by row.</summary>
    public long[] Score(PodContext pod, ClusterState state, NodeSet nodes)
    {
        var total = new long[state.RowCount];
        var scores = new long[state.RowCount];
        foreach (var (scorer, weight) in _scorers)
        {
            Array.Clear(scores);
            scorer.Score(pod, state, nodes, scores);
            foreach (var row in nodes)
                total[row] += scores[row] * weight;
        }

        return total;
    }

    /// <summary>Each scorer's own scores with its weight, for explanations.</summary>
    public IReadOnlyList<(string Scorer, int Weight, long[] Scores)> ScoreEach(PodContext pod, ClusterState state, NodeSet nodes)
    {
        var each = new List<(string, int, long[])>();
        foreach (var (scorer, weight) in _scorers)
        {
            var scores = new long[state.RowCount];
            scorer.Score(pod, state, nodes, scores);
            each.Add((scorer.Name, weight, scores));
        }

        return each;
    }

    private void Run(PodContext pod, ClusterState state, Candidates candidates)
    {
        foreach (var filter in Filters)
        {
            filter.PreFilter(pod, state, candidates);
            if (candidates.PodProblem is not null)
                return;
        }

        foreach (var filter in Filters)
        {
            if (candidates.Remaining.IsEmpty)
                break;
            filter.Filter(pod, state, candidates);
        }
    }
}
