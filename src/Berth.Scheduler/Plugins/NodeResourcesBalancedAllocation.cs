using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>Prefers nodes whose CPU and memory would be used to a like share, so that neither is stranded.</summary>
public sealed class NodeResourcesBalancedAllocation : IScorePlugin
{
    public string Name => nameof(NodeResourcesBalancedAllocation);

    public int Weight => 1;

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        foreach (var row in nodes)
        {
            var cpu = Share(state.Cpu, row, pod.Demand.Cpu);
            var memory = Share(state.Memory, row, pod.Demand.Memory);
            // The standard deviation of two numbers is half their distance.
            scores[row] = (long)((1 - (Math.Abs(cpu - memory) / 2)) * IScorePlugin.ScoreMax);
        }
    }

    private static double Share(ResourceColumn column, int row, long amount) =>
        column.Allocatable[row] == 0 ? 1 : Math.Min(1, (double)(column.Used[row] + amount) / column.Allocatable[row]);
}
