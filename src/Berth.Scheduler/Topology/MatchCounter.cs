namespace Berth.Scheduler.Topology;

/// <summary>How many pods that a matcher means stand on each node, and in each domain of the columns that were asked for. Kept up with every pod that comes and goes.</summary>
public sealed class MatchCounter
{
    private readonly Dictionary<TopologyColumn, int[]> _byDomain = [];
    private int[] _byRow;

    internal MatchCounter(PodMatcher matcher, int rows)
    {
        Matcher = matcher;
        _byRow = new int[rows];
    }

    public PodMatcher Matcher { get; }

    public ReadOnlySpan<int> ByRow => _byRow;

    /// <summary>When it was last asked for, in questions put to the index.</summary>
    internal long LastUsed { get; set; }

    internal HashSet<PodClass> Classes { get; } = [];

    /// <summary>Count of each domain, as long as <see cref="TopologyColumn.DomainLimit"/>. Pods on nodes without the label count nowhere.</summary>
    public ReadOnlySpan<int> ByDomain(TopologyColumn column)
    {
        if (!_byDomain.TryGetValue(column, out var counts))
        {
            counts = new int[column.DomainLimit];
            var domains = column.Domains;
            for (var row = 0; row < _byRow.Length; row++)
            {
                if (_byRow[row] > 0 && domains[row] != TopologyColumn.None)
                    counts[domains[row]] += _byRow[row];
            }

            _byDomain.Add(column, counts);
        }
        else if (counts.Length < column.DomainLimit)
        {
            Array.Resize(ref counts, Math.Max(column.DomainLimit, counts.Length * 2));
            _byDomain[column] = counts;
        }

        return counts.AsSpan(0, column.DomainLimit);
    }

    internal void Grow(int rows)
    {
        if (rows > _byRow.Length)
            Array.Resize(ref _byRow, rows);
    }

    internal void Add(int row, int delta)
    {
        _byRow[row] += delta;
        foreach (var (column, counts) in _byDomain)
        {
            var domain = column.Domains[row];
            if (domain == TopologyColumn.None)
                continue;
            if (domain >= counts.Length)
            {
                ByDomain(column);
                _byDomain[column][domain] += delta;
                continue;
            }

            counts[domain] += delta;
        }
    }
}
