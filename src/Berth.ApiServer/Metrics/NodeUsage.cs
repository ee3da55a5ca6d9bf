namespace Berth.ApiServer.Metrics;

/// <summary>
/// What is known of a node's usage: the two newest samples of the node and of each container that its newest scrape shows,
/// and nothing older. Immutable; the next scrape makes the next value.
/// </summary>
public sealed class NodeUsage
{
    // As metrics-server: a container younger than this has no rate worth telling.
    private static readonly TimeSpan s_youngMax = TimeSpan.FromSeconds(10);

    private readonly Samples _node;
    private readonly Dictionary<(string Namespace, string Pod), Dictionary<string, Samples>> _pods;

    private NodeUsage(Samples node, Dictionary<(string, string), Dictionary<string, Samples>> pods) => (_node, _pods) = (node, pods);

    public static NodeUsage Empty { get; } = new(default, []);

    /// <summary>Null while two samples are not there.</summary>
    public Usage? Node => _node.Usage;

    public NodeUsage After(NodeScrape scrape)
    {
        var pods = new Dictionary<(string, string), Dictionary<string, Samples>>(scrape.Pods.Count);
        foreach (var (pod, containers) in scrape.Pods)
        {
            var before = _pods.GetValueOrDefault(pod);
            var after = new Dictionary<string, Samples>(containers.Count, StringComparer.Ordinal);
            foreach (var (name, facts) in containers)
            {
                if (facts.Sample is { } sample)
                    after.Add(name, (before?.GetValueOrDefault(name) ?? default).With(sample, facts.Started));
            }

            pods.Add(pod, after);
        }

        return new NodeUsage(scrape.Node is { } node ? _node.With(node, null) : default, pods);
    }

    /// <summary>Each container that something can be said about; null when the pod is not here, or only some of its containers can be told about.</summary>
    public IReadOnlyList<(string Container, Usage Usage)>? Pod(string ns, string name)
    {
        if (!_pods.TryGetValue((ns, name), out var containers) || containers.Count == 0)
            return null;
        var told = new List<(string, Usage)>(containers.Count);
        foreach (var (container, samples) in containers.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            if (samples.Usage is not { } usage)
                return null;
            told.Add((container, usage));
        }

        return told;
    }

    private readonly record struct Samples(UsageSample? Last, UsageSample? Previous, DateTimeOffset? Started)
    {
        public Usage? Usage
        {
            get
            {
                if (Last is not { } last || (Started is { } start && last.At - start < s_youngMax))
                    return null;
                // Of a container that began since the sample before, all that it used was used since its start.
                var from = Started is { } began && (Previous is null || Previous.Value.At < began) ? new UsageSample(began, 0, 0) : Previous;
                return from is { } earlier ? Metrics.Usage.Between(earlier, last) : null;
            }
        }

        // A runtime may answer twice with the same measurement; it must not push the older one out.
        public Samples With(UsageSample sample, DateTimeOffset? started) =>
            Last is { } last && sample.At <= last.At ? this : new Samples(sample, Last, started);
    }
}
