using Berth.Api.Core.V1;
using Berth.Resources.Demand;
using Berth.Scheduler.Cycle;
using Berth.Scheduler.Queue;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>A node must have room for what the pod requests; those that have are compared by a <see cref="ScoringStrategy"/>.</summary>
/// <param name="ignored">Extended resources that something else accounts for, by name or by the part before the slash.</param>
public sealed class NodeResourcesFit(ScoringStrategy? strategy = null, IReadOnlySet<string>? ignored = null) : IFilterPlugin, IScorePlugin
{
    private readonly ScoringStrategy _strategy = strategy ?? ScoringStrategy.LeastAllocated.Default;

    public string Name => nameof(NodeResourcesFit);

    public int Weight => 1;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var demand = pod.Demand;
        var others = new List<(string Name, long Amount, ResourceColumn? Column)>();
        foreach (var (name, amount) in demand.Others)
        {
            if (amount > 0 && !Ignores(name))
                others.Add((name, amount, state.Other(name)));
        }

        var reasons = new List<string>();
        var pods = state.Pods;
        foreach (var row in candidates.Remaining)
        {
            reasons.Clear();
            var resolvable = true;
            if (pods.Used[row] + 1 > pods.Allocatable[row])
                reasons.Add("Too many pods");
            Check(state.Cpu, row, demand.Cpu, "cpu", reasons, ref resolvable);
            Check(state.Memory, row, demand.Memory, "memory", reasons, ref resolvable);
            Check(state.EphemeralStorage, row, demand.EphemeralStorage, "ephemeral-storage", reasons, ref resolvable);
            foreach (var (name, amount, column) in others)
            {
                // Where the node does not count it, a class of devices may stand behind it: that is for DynamicResources.
                if ((column?.Allocatable[row] ?? 0) == 0 && state.IsBackedByDevices(name))
                    continue;
                Check(column, row, amount, name, reasons, ref resolvable);
            }

            if (reasons.Count > 0)
                candidates.Reject(row, Name, resolvable, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(reasons));
        }
    }

    public bool MayHelp(Pod pod, ClusterEvent change)
    {
        switch (change)
        {
            case ClusterEvent.NodeAdded(var node):
                return CouldHold(pod, node);
            case ClusterEvent.NodeChanged(var old, var node):
                return !old.Status.Allocatable.Equals(node.Status.Allocatable) && CouldHold(pod, node);
            // Any pod frees a pod's place; which resource was short is not remembered.
            case ClusterEvent.PodGone:
                return true;
            case ClusterEvent.PodChanged(var old, var now):
                return Shrinks(PodDemand.Requests(old), PodDemand.Requests(now), PodDemand.Requests(pod));
            case ClusterEvent.SelfChanged(var old, var now):
                var asked = PodDemand.Requests(old);
                return Shrinks(asked, PodDemand.Requests(now), asked);
            default:
                return false;
        }
    }

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        var columns = new List<(ResourceColumn Column, long Amount, long Weight)>();
        foreach (var (name, weight) in _strategy.Resources)
        {
            var amount = ResourceWeight.Amount(pod.ScoringDemand, name);
            // An extended resource that the pod does not ask for says nothing about the node.
            if (state.ScoringColumn(name) is { } column && (amount > 0 || name is "cpu" or "memory" or "ephemeral-storage"))
                columns.Add((column, amount, weight));
        }

        foreach (var row in nodes)
        {
            long sum = 0, weights = 0;
            foreach (var (column, amount, weight) in columns)
            {
                var allocatable = column.Allocatable[row];
                if (allocatable == 0)
                    continue;
                var score = _strategy.Score(column.Used[row] + amount, allocatable);
                if (!_strategy.Counts(score))
                    continue;
                sum += score * weight;
                weights += weight;
            }

            scores[row] = _strategy.Mean(sum, weights);
        }
    }

    private static void Check(ResourceColumn? column, int row, long amount, string resource, List<string> reasons, ref bool resolvable)
    {
        if (amount == 0)
            return;
        var allocatable = column?.Allocatable[row] ?? 0;
        // Not used + amount > allocatable: a request near 2^63 must not wrap.
        if (amount <= allocatable - (column?.Used[row] ?? 0))
            return;
        reasons.Add("Insufficient " + resource);
        resolvable &= amount <= allocatable;
    }

    private bool Ignores(string resource) =>
        ignored is not null && (ignored.Contains(resource) || ignored.Contains(resource.Split('/')[0]));

    private bool CouldHold(Pod pod, Node node)
    {
        var asked = PodDemand.Requests(pod);
        var offered = ResourceAmounts.Of(node.Status.Allocatable);
        return node.Status.Allocatable.GetOr("pods").Value > 0
            && asked.Cpu <= offered.Cpu && asked.Memory <= offered.Memory && asked.EphemeralStorage <= offered.EphemeralStorage
            && asked.Others.All(o => o.Value <= offered.Others.GetOr(o.Key) || Ignores(o.Key));
    }

    private static bool Shrinks(ResourceAmounts old, ResourceAmounts now, ResourceAmounts asked) =>
        (asked.Cpu > 0 && now.Cpu < old.Cpu)
        || (asked.Memory > 0 && now.Memory < old.Memory)
        || (asked.EphemeralStorage > 0 && now.EphemeralStorage < old.EphemeralStorage)
        || asked.Others.Any(o => now.Others.GetOr(o.Key) < old.Others.GetOr(o.Key));
}
