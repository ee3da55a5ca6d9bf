using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins;

/// <summary>
/// Prefers nodes whose resources (CPU and memory, unless the profile names others) the pod would bring to like shares, or
/// nearer to that than they are, so that none is stranded.
/// </summary>
public sealed class NodeResourcesBalancedAllocation(IReadOnlyList<ResourceWeight>? resources = null) : IScorePlugin
{
    private readonly IReadOnlyList<ResourceWeight> _resources = resources ?? ResourceWeight.Defaults;

    public string Name => nameof(NodeResourcesBalancedAllocation);

    public int Weight => 1;

    public void Score(PodContext pod, ClusterState state, NodeSet nodes, Span<long> scores)
    {
        var asked = _resources.Select(r => ResourceWeight.Amount(pod.Demand, r.Name)).ToArray();
        // A pod that asks for nothing unbalances nothing.
        if (!asked.AsSpan().ContainsAnyExcept(0L))
            return;
        var columns = new List<(ResourceColumn Column, long Amount)>();
        for (var i = 0; i < asked.Length; i++)
        {
            if (state.Column(_resources[i].Name) is { } column && (asked[i] != 0 || _resources[i].Name is "cpu" or "memory"))
                columns.Add((column, asked[i]));
        }

        foreach (var row in nodes)
        {
            const long half = IScorePlugin.ScoreMax / 2;
            scores[row] = half + ((half + Balance(columns, row, with: true) - Balance(columns, row, with: false)) / 2);
        }
    }

    private static long Balance(List<(ResourceColumn Column, long Amount)> columns, int row, bool with)
    {
        Span<double> shares = stackalloc double[columns.Count];
        var count = 0;
        double sum = 0;
        foreach (var (column, amount) in columns)
        {
            if (column.Allocatable[row] == 0)
                continue;
            var share = Math.Min(1, (double)(column.Used[row] + (with ? amount : 0)) / column.Allocatable[row]);
            shares[count++] = share;
            sum += share;
        }

        double deviation = 0;
        if (count == 2)
        {
            // The standard deviation of two numbers is half their distance.
            deviation = Math.Abs((shares[0] - shares[1]) / 2);
        }
        else if (count > 2)
        {
            var mean = sum / count;
            foreach (var share in shares[..count])
                deviation += (share - mean) * (share - mean);
            deviation = Math.Sqrt(deviation / count);
        }

        return (long)((1 - deviation) * IScorePlugin.ScoreMax);
    }
}
