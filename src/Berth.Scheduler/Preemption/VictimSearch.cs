using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Explain;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Preemption;

/// <summary>
/// Finds the pods whose end would make room for a more important one: on each node as few and as unimportant as can be, then
/// the node where least is lost. Decides only; nothing is ended here.
/// </summary>
/// <remarks>
/// Victims are tried out on the state itself, under the lock that its owner holds, and are back in it when the search returns.
/// </remarks>
public sealed class VictimSearch(SchedulingCycle cycle)
{
    /// <summary>Reason of the condition DisruptionTarget on victims.</summary>
    public const string ConditionReason = "PreemptionByScheduler";

    // Enough nodes to choose among; looking at all of a large cluster would take too long. As kube-scheduler.
    private const int CandidatesMin = 100;
    private const int CandidatesPercent = 10;

    private const string NotHelpful = "Preemption is not helpful for scheduling";

    /// <param name="refused">Outcome of the cycle that found no node.</param>
    public PreemptionResult Find(PodContext pod, ClusterState state, Candidates refused, IReadOnlyList<PodDisruptionBudget> budgets, Nominations nominations, Random choice)
    {
        if (pod.Pod.Spec.PreemptionPolicy == "Never")
            return new PreemptionResult.NotEligible("not eligible due to preemptionPolicy=Never.");
        var potential = Potential(refused);
        if (nominations.NodeOf(pod.Pod.Metadata.Uid) is { } promised && state.Row(promised) is { } own
            && (potential.Contains(own) || refused.Rejections.All(r => r.Row != own)) && VictimsAreGoing(pod.Pod, state, promised))
            return new PreemptionResult.NotEligible("not eligible due to a terminating pod on the nominated node.");

        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void Count(string reason) => reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
        var best = potential.Count == 0 ? null : Best(Search(pod, state, potential, budgets, nominations, choice, Count));
        if (best is not null)
            return best;
        if (state.NodeCount > potential.Count)
            reasons[NotHelpful] = state.NodeCount - potential.Count;
        return new PreemptionResult.Hopeless(FitMessage.Of(state.NodeCount, reasons));
    }

    /// <summary>Nodes that other pods keep the pod off, in the order of the rows.</summary>
    private static List<int> Potential(Candidates refused)
    {
        var resolvable = new SortedDictionary<int, bool>();
        foreach (var rejection in refused.Rejections)
            resolvable[rejection.Row] = rejection.Resolvable && resolvable.GetValueOrDefault(rejection.Row, true);
        return [.. resolvable.Where(r => r.Value).Select(r => r.Key)];
    }

    private static bool VictimsAreGoing(Pod pod, ClusterState state, string nodeName) =>
        state.PodsOn(nodeName).Any(p => p.Priority < (pod.Spec.Priority ?? 0)
            && p.Pod.Metadata.DeletionTimestamp is not null
            && p.Pod.Status.Conditions.Any(c => c is { Type: "DisruptionTarget", Status: "True", Reason: ConditionReason }));

    private List<PreemptionResult.Found> Search(
        PodContext pod, ClusterState state, List<int> potential, IReadOnlyList<PodDisruptionBudget> budgets, Nominations nominations, Random choice, Action<string> refuse)
    {
        var wanted = Math.Min(Math.Max(potential.Count * CandidatesPercent / 100, CandidatesMin), potential.Count);
        var offset = choice.Next(potential.Count);
        var found = new List<PreemptionResult.Found>();
        for (var i = 0; i < potential.Count && (found.Count < wanted || found.TrueForAll(f => f.Violations > 0)); i++)
        {
            if (SearchNode(pod, state, potential[(offset + i) % potential.Count], budgets, nominations, refuse) is { } candidate)
                found.Add(candidate);
        }

        return found;
    }

    private PreemptionResult.Found? SearchNode(
        PodContext pod, ClusterState state, int row, IReadOnlyList<PodDisruptionBudget> budgets, Nominations nominations, Action<string> refuse)
    {
        var nodeName = state.Node(row).Metadata.Name;
        var priority = pod.Pod.Spec.Priority ?? 0;
        var lesser = state.PodsOn(nodeName).Where(p => p.Priority < priority).ToList();
        if (lesser.Count == 0)
        {
            refuse("No preemption victims found for incoming pod");
            return null;
        }

        foreach (var victim in lesser)
            state.Take(victim.Uid);
        var victims = new List<PlacedPod>();
        var violations = 0;
        try
        {
            if (Refusals(pod, state, row, nominations) is { Count: > 0 } reasons)
            {
                foreach (var reason in reasons)
                    refuse(reason);
                victims.AddRange(lesser);
                return null;
            }

            // Each gets its place back if there is room beside it: those under a budget first, then the most important.
            lesser.Sort((x, y) => Importance.Descending.Compare(x.Pod, y.Pod));
            var (violating, free) = BudgetCheck.Split(lesser, budgets);
            foreach (var candidate in violating.Concat(free))
            {
                state.PutBack(candidate);
                if (Refusals(pod, state, row, nominations).Count == 0)
                    continue;
                state.Take(candidate.Uid);
                victims.Add(candidate);
                violations += violating.Contains(candidate) ? 1 : 0;
            }
        }
        finally
        {
            foreach (var victim in victims)
                state.PutBack(victim);
        }

        victims.Sort((x, y) => Importance.Descending.Compare(x.Pod, y.Pod));
        // None: the node had become free in the meantime. It is no candidate, and the next try finds it.
        return victims.Count == 0 ? null : new(nodeName, [.. victims.Select(v => v.Pod)], violations);
    }

    private List<string> Refusals(PodContext pod, ClusterState state, int row, Nominations nominations)
    {
        var alone = new NodeSet(row + 1);
        alone.Add(row);
        var candidates = new Candidates(state, alone);
        cycle.Filter(pod, state, candidates, nominations);
        return candidates.PodProblem is { } problem ? [problem] : [.. candidates.Rejections.Select(r => r.Reason)];
    }

    // Fewest broken budgets; then the least important of the most important victims; then the least importance in sum; then
    // the fewest; then those that have run the shortest. Priorities are lifted above zero, so that many with negative ones
    // weigh more than few.
    private static PreemptionResult.Found? Best(List<PreemptionResult.Found> found) => found
        .OrderBy(f => f.Violations)
        .ThenBy(f => f.Victims[0].Spec.Priority ?? 0)
        .ThenBy(f => f.Victims.Sum(v => (v.Spec.Priority ?? 0) + (long)int.MaxValue + 1))
        .ThenBy(f => f.Victims.Count)
        .ThenByDescending(f => f.Victims.Where(v => (v.Spec.Priority ?? 0) == (f.Victims[0].Spec.Priority ?? 0)).Min(Importance.Start))
        .FirstOrDefault();
}
