using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>
/// A node must have room for what the pod requests; of those that have, the ones with the most left over are preferred
/// (LeastAllocated, CPU and memory counting the same).
/// </summary>
public sealed class NodeResourcesFit : IFilterPlugin, IScorePlugin
{
    public string Name => nameof(NodeResourcesFit);

    public int Weight => 1;

    public void Filter(PodContext pod, ClusterState state, Candidates candidates)
    {
        var demand = pod.Demand;
        var others = demand.Others.Where(o => o.Value > 0).Select(o => (o.Key, o.Value, Column: state.Other(o.Key))).ToList();
        var reasons = new List<string>();
        foreach (var row in candidates.Remaining)
        {
            reasons.Clear();
            var resolvable = true;
            if (state.Pods.Used[row] + 1 > state.Pods.Allocatable[row])
                reasons.Add("Too many pods");
            Check(state.Cpu, row, demand.Cpu, "cpu", reasons, ref resolvable);
            Check(state.Memory, row, demand.Memory, "memory", reasons, ref resolvable);
            Check(state.EphemeralStorage, row, demand.EphemeralStorage, "ephemeral-storage", reasons, ref resolvable);
            foreach (var (name, amount, column) in others)
                Check(column, row, amount, name, reasons, ref resolvable);
            if (reasons.Count > 0)
                candidates.Reject(row, Name, resolvable, [.. reasons]);
        }
    }

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        foreach (var row in nodes)
        {
            var cpu = Left(state.ScoringCpu, row, pod.ScoringDemand.Cpu);
            var memory = Left(state.ScoringMemory, row, pod.ScoringDemand.Memory);
            scores[row] = (cpu + memory) / 2;
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

    private static long Left(ResourceColumn column, int row, long amount)
    {
        var allocatable = column.Allocatable[row];
        var left = allocatable - column.Used[row] - amount;
        return allocatable == 0 || left < 0 ? 0 : (long)((Int128)left * IScorePlugin.ScoreMax / allocatable);
    }
}
