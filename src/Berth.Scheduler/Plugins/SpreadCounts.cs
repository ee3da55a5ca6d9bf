using Berth.Scheduler.Cycle;
using Berth.Scheduler.Snapshot;
using Berth.Scheduler.Topology;

namespace Berth.Scheduler.Plugins;

/// <summary>How many pods that a constraint means stand in each domain, of the nodes that the constraint counts.</summary>
internal readonly ref struct SpreadCounts
{
    private readonly ReadOnlySpan<int> _counts;

    private SpreadCounts(ReadOnlySpan<int> counts, int domains, int least)
    {
        _counts = counts;
        Domains = domains;
        Least = least;
    }

    /// <summary>Domains with at least one node that counts.</summary>
    public int Domains { get; }

    /// <summary>Pods in the emptiest domain; <see cref="int.MaxValue"/> without any.</summary>
    public int Least { get; }

    public int In(int domain) => _counts.IsEmpty ? 0 : _counts[domain];

    /// <summary>Null when the constraint counts no pods: an empty selector means none here.</summary>
    public static MatchCounter? Counter(SpreadConstraint constraint, PodContext pod, ClusterState state) =>
        constraint.Selector.IsEverything ? null : state.Topology.Counter(PodMatcher.Living(pod.Pod.Metadata.Namespace, constraint.Selector));

    /// <param name="needed">Labels that a node must have to count at all.</param>
    public static SpreadCounts Of(SpreadConstraint constraint, TopologyColumn column, TopologyColumn[] needed, PodContext pod, ClusterState state)
    {
        var counter = Counter(constraint, pod, state);
        var byAffinity = constraint.HonorAffinity && !pod.NodeAffinity.IsEmpty;
        var byTaints = constraint.HonorTaints && !state.Tainted.IsEmpty;
        // Where every node with the label counts, the sums are at hand.
        if (!byAffinity && !byTaints && Array.TrueForAll(needed, c => c == column || c.Labelled == state.NodeCount))
            return Summed(column, counter is null ? [] : counter.ByDomain(column));

        var counts = new int[column.DomainLimit];
        var met = new bool[column.DomainLimit];
        var domains = column.Domains;
        var byRow = counter is null ? [] : counter.ByRow;
        foreach (var row in state.Nodes)
        {
            if (domains[row] == TopologyColumn.None || !HasAll(needed, row))
                continue;
            if (byAffinity && !pod.NodeAffinity.Matches(state.Node(row)))
                continue;
            if (byTaints && state.Tainted.Contains(row) && !Tolerations.TolerateHard(pod.Pod, state.Node(row)))
                continue;
            met[domains[row]] = true;
            if (!byRow.IsEmpty)
                counts[domains[row]] += byRow[row];
        }

        int number = 0, least = int.MaxValue;
        for (var domain = 0; domain < counts.Length; domain++)
        {
            if (!met[domain])
                continue;
            number++;
            least = Math.Min(least, counts[domain]);
        }

        return new(counts, number, least);
    }

    private static SpreadCounts Summed(TopologyColumn column, ReadOnlySpan<int> counts)
    {
        int number = 0, least = int.MaxValue;
        var nodes = column.NodesIn;
        for (var domain = 0; domain < nodes.Length; domain++)
        {
            if (nodes[domain] == 0)
                continue;
            number++;
            least = Math.Min(least, counts.IsEmpty ? 0 : counts[domain]);
        }

        return new(counts, number, least);
    }

    private static bool HasAll(TopologyColumn[] needed, int row)
    {
        foreach (var column in needed)
        {
            if (column.Domains[row] == TopologyColumn.None)
                return false;
        }

        return true;
    }
}
