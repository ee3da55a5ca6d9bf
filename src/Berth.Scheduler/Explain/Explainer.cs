using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Explain;

/// <summary>
/// Explains placements with the filters and scores that make them, on a state of its own. Pure over that state: whatever is
/// tried is taken back.
/// </summary>
public sealed class Explainer(ClusterState state, IReadOnlyList<SchedulerProfile> profiles, Nominations nominations, IReadOnlyList<PodDisruptionBudget> budgets)
{
    private const int ExamplesMax = 3;
    private const int ScoresMax = 5;

    /// <param name="waiting">All pods without a place, for the pod's position among them.</param>
    public Explanation Explain(Pod pod, IReadOnlyList<Pod> waiting)
    {
        var profile = profiles.FirstOrDefault(p => p.SchedulerName == pod.Spec.SchedulerName);
        if (pod.Spec.NodeName.Length > 0)
            return Place(pod, profile ?? profiles[0]);
        var order = waiting.OrderByDescending(p => p.Spec.Priority ?? 0).ThenBy(p => (DateTimeOffset?)p.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue).ToList();
        var position = order.FindIndex(p => p.Metadata.Uid == pod.Metadata.Uid) + 1;
        Explanation.Waits Waits(string? problem, IReadOnlyList<Obstacle> obstacles, IReadOnlyList<string> open, IReadOnlyList<Remedy> remedies) =>
            new(pod, state.NodeCount, problem, obstacles, open, position, order.Count, remedies);

        if (!pod.Spec.SchedulingGates.IsEmpty)
            return Waits($"is held back by its scheduling gates {string.Join(", ", pod.Spec.SchedulingGates.Select(g => g.Name))}", [], [], []);
        if (profile is null)
            return Waits($"waits for the scheduler \"{pod.Spec.SchedulerName}\", which is not this one", [], [], []);
        var cycle = new SchedulingCycle(profile);
        var judged = Judge(new PodContext(pod), cycle);
        if (judged.Problem is { } problem)
            return Waits($"waits: {problem}", [], [], []);
        var obstacles = Obstacles(judged.Refusals);
        var open = state.Nodes.AsEnumerable().Where(r => !judged.Refusals.ContainsKey(r)).Select(r => state.Node(r).Metadata.Name).Order(StringComparer.Ordinal).ToList();
        if (open.Count > 0)
        {
            // Room may be there and promised to a more important pod.
            var candidates = new Candidates(state);
            cycle.Filter(new PodContext(pod), state, candidates, nominations);
            if (candidates.Remaining.IsEmpty)
                return Waits("would fit, but the room is promised to more important pods", obstacles, [], []);
            return Waits(null, obstacles, open, []);
        }

        return Waits(null, obstacles, [], new RemedySearch(state, cycle, nominations, budgets).Find(pod, judged.Refusals));
    }

    /// <summary>All that keeps the pod off each node, by row; not only what a cycle meets first.</summary>
    private (string? Problem, Dictionary<int, List<Candidates.Rejection>> Refusals) Judge(PodContext pod, SchedulingCycle cycle)
    {
        var refusals = new Dictionary<int, List<Candidates.Rejection>>();
        foreach (var filter in cycle.Filters)
        {
            var candidates = new Candidates(state);
            filter.PreFilter(pod, state, candidates);
            if (candidates.PodProblem is { } problem)
                return (problem, refusals);
            filter.Filter(pod, state, candidates);
            if (candidates.PodProblem is { } late)
                return (late, refusals);
            foreach (var rejection in candidates.Rejections)
            {
                if (!refusals.TryGetValue(rejection.Row, out var list))
                    refusals.Add(rejection.Row, list = []);
                list.Add(rejection);
            }
        }

        return (null, refusals);
    }

    private List<Obstacle> Obstacles(Dictionary<int, List<Candidates.Rejection>> refusals) =>
    [
        .. refusals.Values.SelectMany(r => r).GroupBy(r => (r.Filter, r.Reason))
            .Select(g => new Obstacle(
                g.Key.Filter,
                g.Key.Reason,
                g.Count(),
                g.Count(r => refusals[r.Row].Count == 1),
                [.. g.Select(r => state.Node(r.Row).Metadata.Name).Order(StringComparer.Ordinal).Take(ExamplesMax)]))
            .OrderByDescending(o => o.Nodes).ThenBy(o => o.Reason, StringComparer.Ordinal),
    ];

    private Explanation.Placed Place(Pod pod, SchedulerProfile profile)
    {
        var cycle = new SchedulingCycle(profile);
        var own = state.Take(pod.Metadata.Uid);
        try
        {
            // Its node is where it is for what was known then; the question now is what speaks for it.
            var context = new PodContext(pod with { Spec = pod.Spec with { NodeName = "" } });
            var judged = Judge(context, cycle);
            var feasible = state.Nodes.Copy();
            foreach (var row in judged.Refusals.Keys)
                feasible.Remove(row);
            if (state.Row(pod.Spec.NodeName) is { } there)
                feasible.Add(there);
            var each = cycle.ScoreEach(context, state, feasible);
            var scores = feasible.AsEnumerable()
                .Select(row => new NodeScore(
                    state.Node(row).Metadata.Name,
                    each.Sum(e => e.Scores[row] * e.Weight),
                    [.. each.Select(e => (e.Scorer, e.Scores[row] * e.Weight))]))
                .OrderByDescending(s => s.Total).ThenBy(s => s.NodeName, StringComparer.Ordinal)
                .ToList();
            var shown = scores.Take(ScoresMax).ToList();
            if (!shown.Exists(s => s.NodeName == pod.Spec.NodeName) && scores.Find(s => s.NodeName == pod.Spec.NodeName) is { } mine)
                shown.Add(mine);
            judged.Refusals.Remove(state.Row(pod.Spec.NodeName) ?? -1);
            return new Explanation.Placed(pod, state.NodeCount, pod.Spec.NodeName, Obstacles(judged.Refusals), shown);
        }
        finally
        {
            if (own is not null)
                state.PutBack(own);
        }
    }
}
