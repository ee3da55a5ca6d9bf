using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Policy.V1;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Plugins;
using Berth.Scheduler.Preemption;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Explain;

/// <summary>
/// Finds the smallest changes after which a pod would find a place: each is tried on the state with the pod's own filters, so
/// that nothing is proposed that does not work.
/// </summary>
/// <remarks>1. Single changes of the pod and of nodes. 2. Where none helps, pairs. 3. Making others leave. 4. One more node.</remarks>
internal sealed class RemedySearch(ClusterState state, SchedulingCycle cycle, Nominations nominations, IReadOnlyList<PodDisruptionBudget> budgets)
{
    private const int RemediesMax = 5;

    // Pairs of so many single changes: 780 trials at most.
    private const int SinglesMax = 40;

    private const double CostOfVictims = 5;
    private const double CostOfNode = 6;

    public IReadOnlyList<Remedy> Find(Pod pod, IReadOnlyDictionary<int, List<Candidates.Rejection>> refusals)
    {
        // 1.
        var singles = PodChanges.Of(pod, state, refusals).Take(SinglesMax).ToList();
        var remedies = new List<Remedy>();
        foreach (var change in singles)
        {
            var nodes = Feasible(change.Apply(pod));
            if (nodes > 0)
                remedies.Add(new Remedy(change.Text, nodes, change.Cost));
        }

        remedies.AddRange(Uncordon(refusals));

        // 2.
        if (remedies.Count == 0)
            remedies.AddRange(Pairs(pod, singles));

        // 3.
        if (Victims(pod) is { } victims)
            remedies.Add(victims);

        // 4.
        if (NewNode(pod) is { } node)
            remedies.Add(node);
        return [.. remedies.OrderBy(r => r.Cost).ThenByDescending(r => r.Nodes).ThenBy(r => r.Text, StringComparer.Ordinal).Take(RemediesMax)];
    }

    private int Feasible(Pod pod)
    {
        var candidates = new Candidates(state);
        cycle.Filter(new PodContext(pod), state, candidates, nominations);
        return candidates.Remaining.Count;
    }

    private IEnumerable<Remedy> Uncordon(IReadOnlyDictionary<int, List<Candidates.Rejection>> refusals)
    {
        // A cordon comes with a taint of the same meaning.
        var rows = refusals.Where(r => state.Cordoned.Contains(r.Key)
            && r.Value.TrueForAll(v => v.Filter is nameof(NodeUnschedulable) or nameof(TaintToleration))).Select(r => r.Key).ToList();
        var names = rows.Where(r => state.Node(r).Spec.Taints.All(t => t.Key == "node.kubernetes.io/unschedulable" || t.Effect == "PreferNoSchedule"))
            .Select(r => state.Node(r).Metadata.Name).Order(StringComparer.Ordinal).ToList();
        if (names.Count > 0)
            yield return new Remedy($"uncordon {(names.Count == 1 ? names[0] : "one of " + string.Join(", ", names.Take(3)))}", names.Count, 1);
    }

    private List<Remedy> Pairs(Pod pod, List<PodChange> singles)
    {
        var found = new List<Remedy>();
        for (var i = 0; i < singles.Count; i++)
        {
            for (var j = i + 1; j < singles.Count; j++)
            {
                var nodes = Feasible(singles[j].Apply(singles[i].Apply(pod)));
                if (nodes > 0)
                    found.Add(new Remedy($"{singles[i].Text}, and {singles[j].Text}", nodes, singles[i].Cost + singles[j].Cost));
            }
        }

        return found;
    }

    private Remedy? Victims(Pod pod)
    {
        var mighty = new PodContext(pod with { Spec = pod.Spec with { Priority = int.MaxValue, PreemptionPolicy = null } });
        var refused = new Candidates(state);
        cycle.Filter(mighty, state, refused, null);
        if (!refused.Remaining.IsEmpty || new VictimSearch(cycle).Find(mighty, state, refused, budgets, new Nominations(), new Random(0)) is not PreemptionResult.Found found)
            return null;
        var names = string.Join(", ", found.Victims.Take(3).Select(v => $"{v.Metadata.Namespace}/{v.Metadata.Name}"));
        var more = found.Victims.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {found.Victims.Count - 3} more") : "";
        var least = found.Victims.Max(v => v.Spec.Priority ?? 0);
        return new Remedy(
            string.Create(CultureInfo.InvariantCulture, $"make {names}{more} leave {found.NodeName}, or give the pod a priority above {least} so that it pushes {(found.Victims.Count == 1 ? "it" : "them")} out"),
            1,
            CostOfVictims);
    }

    private Remedy? NewNode(Pod pod)
    {
        const string name = "berth.dev-one-more-node";
        foreach (var row in state.Nodes.AsEnumerable().OrderBy(r => state.Cpu.Allocatable[r]).ToList())
        {
            var like = state.Node(row);
            state.SetNode(like with
            {
                Metadata = like.Metadata with { Name = name, Labels = like.Metadata.Labels.With(SpreadConstraint.Hostname, name) },
                Spec = like.Spec with { Unschedulable = false },
            });
            try
            {
                var candidates = new Candidates(state);
                cycle.Filter(new PodContext(pod), state, candidates, null);
                if (candidates.Remaining.Contains(state.Row(name)!.Value))
                    return new Remedy($"add a node like {like.Metadata.Name}", 1, CostOfNode);
            }
            finally
            {
                state.RemoveNode(name);
            }
        }

        return null;
    }
}
