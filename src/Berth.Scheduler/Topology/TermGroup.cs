namespace Berth.Scheduler.Topology;

/// <summary>
/// Equal terms of affinity or anti-affinity of placed pods: whom they mean, and how many pods say it in each domain. Few
/// domains are concerned as a rule, so counts are kept only where there are any.
/// </summary>
public sealed class TermGroup
{
    private readonly Dictionary<int, TermCounts> _byDomain = [];

    internal TermGroup(PodMatcher matcher, TopologyColumn column)
    {
        Matcher = matcher;
        Column = column;
    }

    public PodMatcher Matcher { get; }

    public TopologyColumn Column { get; }

    public IReadOnlyDictionary<int, TermCounts> ByDomain => _byDomain;

    internal int Users { get; set; }

    internal HashSet<PodClass> Classes { get; } = [];

    internal void Add(int row, TermCounts counts, int sign)
    {
        var domain = Column.Domains[row];
        if (domain == TopologyColumn.None)
            return;
        var sum = _byDomain.GetValueOrDefault(domain).Plus(counts, sign);
        if (sum == default)
            _byDomain.Remove(domain);
        else
            _byDomain[domain] = sum;
    }
}

/// <param name="Repels">Pods that require the meant ones to stay out of their domain.</param>
/// <param name="Attracts">Pods that require the meant ones in their domain; for scoring, they want them there too.</param>
/// <param name="Prefers">Sum of the weights of preferences, those against counted negative.</param>
public readonly record struct TermCounts(int Repels, int Attracts, long Prefers)
{
    internal TermCounts Plus(TermCounts other, int sign) =>
        new(Repels + (sign * other.Repels), Attracts + (sign * other.Attracts), Prefers + (sign * other.Prefers));
}
