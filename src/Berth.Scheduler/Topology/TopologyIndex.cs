using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Scheduler.Topology;

/// <summary>
/// Counts by node and by topology domain of the pods that selectors mean, and of the terms by which placed pods attract and
/// repel others. Every pod that comes or goes changes the counts it concerns and no others; nothing is recounted per decision.
/// </summary>
/// <remarks>
/// Owned by <see cref="Snapshot.ClusterState"/>, under its owner's lock. Counters come into being when first asked for and
/// are forgotten, least recently asked first, when they take more memory than <see cref="CounterEntriesMax"/>: asking again
/// rebuilds them.
/// </remarks>
public sealed class TopologyIndex
{
    /// <summary>Bound of all counters together, in counts of four bytes: 64 MiB, which is 1,600 counters over 5,000 nodes.</summary>
    public const long CounterEntriesMax = 16L << 20;

    private readonly Dictionary<string, TopologyColumn> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, ApiMap<string>, bool), PodClass> _classes = [];
    private readonly Dictionary<string, HashSet<PodClass>> _classesByNamespace = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MatchCounter> _counters = new(StringComparer.Ordinal);
    private readonly MatcherFile<MatchCounter> _counterFile = new(c => c.Matcher);
    private readonly Dictionary<(string Matcher, string Key), TermGroup> _terms = [];
    private readonly MatcherFile<TermGroup> _termFile = new(t => t.Matcher);
    private readonly Dictionary<string, ApiMap<string>> _namespaces = new(StringComparer.Ordinal);
    private ApiMap<string>?[] _nodes = [];
    private long _questions;

    /// <summary>Labels of the namespaces that are known.</summary>
    public IReadOnlyDictionary<string, ApiMap<string>> Namespaces => _namespaces;

    /// <summary>Counters held, for tests and measurements.</summary>
    public int CounterCount => _counters.Count;

    public TopologyColumn Column(string key)
    {
        if (_columns.TryGetValue(key, out var column))
            return column;
        column = new TopologyColumn(key);
        column.Grow(_nodes.Length);
        for (var row = 0; row < _nodes.Length; row++)
        {
            if (_nodes[row] is { } labels)
                column.Set(row, labels);
        }

        _columns.Add(key, column);
        return column;
    }

    public MatchCounter Counter(PodMatcher matcher)
    {
        if (!_counters.TryGetValue(matcher.Key, out var counter))
        {
            Evict();
            counter = new MatchCounter(matcher, _nodes.Length);
            _counters.Add(matcher.Key, counter);
            _counterFile.Add(counter);
            foreach (var pods in _classes.Values)
            {
                if (Means(matcher, pods))
                    Attach(counter, pods);
            }
        }

        counter.LastUsed = ++_questions;
        return counter;
    }

    /// <summary>The class that a pod to be placed belongs to, with the terms that mean it.</summary>
    public PodClass Look(Pod pod)
    {
        var terminating = pod.Metadata.DeletionTimestamp is not null;
        if (_classes.TryGetValue((pod.Metadata.Namespace, pod.Metadata.Labels, terminating), out var known))
            return known;
        var pods = new PodClass(pod.Metadata.Namespace, pod.Metadata.Labels, terminating);
        pods.MatchingTerms.AddRange(_termFile.Candidates(pods).Where(t => Means(t.Matcher, pods)));
        return pods;
    }

    /// <summary>Holds what will be counted of a pod, until <see cref="Leave"/>.</summary>
    internal PodTraits Enter(Pod pod)
    {
        var key = (pod.Metadata.Namespace, pod.Metadata.Labels, pod.Metadata.DeletionTimestamp is not null);
        if (!_classes.TryGetValue(key, out var pods))
        {
            pods = new PodClass(key.Namespace, key.Labels, key.Item3);
            _classes.Add(key, pods);
            if (!_classesByNamespace.TryGetValue(pods.Namespace, out var siblings))
                _classesByNamespace.Add(pods.Namespace, siblings = []);
            siblings.Add(pods);
            Match(pods);
        }

        pods.Users++;
        return new PodTraits(pods, TermsOf(pod));
    }

    internal void Leave(PodTraits traits)
    {
        foreach (var (group, _) in traits.Terms)
        {
            if (--group.Users > 0)
                continue;
            _terms.Remove((group.Matcher.Key, group.Column.Key));
            _termFile.Remove(group);
            foreach (var pods in group.Classes)
                pods.MatchingTerms.Remove(group);
        }

        var own = traits.Class;
        if (--own.Users > 0)
            return;
        _classes.Remove((own.Namespace, own.Labels, own.Terminating));
        if (_classesByNamespace.TryGetValue(own.Namespace, out var siblings) && siblings.Remove(own) && siblings.Count == 0)
            _classesByNamespace.Remove(own.Namespace);
        Unmatch(own);
    }

    internal void Count(int row, PodTraits traits, int sign)
    {
        var pods = traits.Class;
        var count = pods.Rows.GetValueOrDefault(row) + sign;
        if (count == 0)
            pods.Rows.Remove(row);
        else
            pods.Rows[row] = count;
        foreach (var counter in pods.Counters)
            counter.Add(row, sign);
        foreach (var (group, counts) in traits.Terms)
            group.Add(row, counts, sign);
    }

    internal void Grow(int rows)
    {
        Array.Resize(ref _nodes, rows);
        foreach (var column in _columns.Values)
            column.Grow(rows);
        foreach (var counter in _counters.Values)
            counter.Grow(rows);
    }

    /// <summary>True when the labels put the node into another domain: its pods must be uncounted before <see cref="SetNode"/>.</summary>
    internal bool Moves(int row, ApiMap<string> labels)
    {
        foreach (var column in _columns.Values)
        {
            if (column.Differs(row, labels))
                return true;
        }

        return false;
    }

    internal void SetNode(int row, ApiMap<string> labels)
    {
        _nodes[row] = labels;
        foreach (var column in _columns.Values)
        {
            if (column.Differs(row, labels))
                column.Set(row, labels);
        }
    }

    internal void ClearNode(int row)
    {
        _nodes[row] = null;
        foreach (var column in _columns.Values)
            column.Clear(row);
    }

    /// <param name="labels">Null when the namespace is gone.</param>
    /// <returns>True when something changed.</returns>
    internal bool SetNamespace(string name, ApiMap<string>? labels)
    {
        var known = _namespaces.GetValueOrDefault(name);
        if (labels is null ? known is null : labels.Equals(known))
            return false;
        if (labels is null)
            _namespaces.Remove(name);
        else
            _namespaces[name] = labels;
        foreach (var pods in _classesByNamespace.GetValueOrDefault(name) ?? [])
        {
            Unmatch(pods);
            Match(pods);
        }

        return true;
    }

    private List<(TermGroup, TermCounts)> TermsOf(Pod pod)
    {
        AffinityTerms terms;
        try
        {
            terms = AffinityTerms.Of(pod);
        }
        catch (FormatException)
        {
            // A pod that was bound past validation says nothing that could be understood; its room still counts.
            terms = AffinityTerms.None;
        }

        var found = new List<(TermGroup, TermCounts)>();
        foreach (var term in terms.Required)
            found.Add((Group(term), new TermCounts(0, 1, 0)));
        foreach (var term in terms.RequiredAnti)
            found.Add((Group(term), new TermCounts(1, 0, 0)));
        foreach (var term in terms.Preferred)
            found.Add((Group(term), new TermCounts(0, 0, term.Weight)));
        return found;
    }

    private TermGroup Group(AffinityTerm term)
    {
        if (!_terms.TryGetValue((term.Matcher.Key, term.TopologyKey), out var group))
        {
            group = new TermGroup(term.Matcher, Column(term.TopologyKey));
            _terms.Add((term.Matcher.Key, term.TopologyKey), group);
            _termFile.Add(group);
            foreach (var pods in _classes.Values)
            {
                if (!Means(group.Matcher, pods))
                    continue;
                pods.MatchingTerms.Add(group);
                group.Classes.Add(pods);
            }
        }

        group.Users++;
        return group;
    }

    private bool Means(PodMatcher matcher, PodClass pods) => matcher.Matches(pods.Namespace, pods.Labels, pods.Terminating, _namespaces);

    private void Match(PodClass pods)
    {
        foreach (var counter in _counterFile.Candidates(pods))
        {
            if (Means(counter.Matcher, pods))
                Attach(counter, pods);
        }

        foreach (var group in _termFile.Candidates(pods))
        {
            if (!Means(group.Matcher, pods))
                continue;
            pods.MatchingTerms.Add(group);
            group.Classes.Add(pods);
        }
    }

    private static void Unmatch(PodClass pods)
    {
        foreach (var counter in pods.Counters)
        {
            counter.Classes.Remove(pods);
            foreach (var (row, count) in pods.Rows)
                counter.Add(row, -count);
        }

        foreach (var group in pods.MatchingTerms)
            group.Classes.Remove(pods);
        pods.Counters.Clear();
        pods.MatchingTerms.Clear();
    }

    private static void Attach(MatchCounter counter, PodClass pods)
    {
        pods.Counters.Add(counter);
        counter.Classes.Add(pods);
        foreach (var (row, count) in pods.Rows)
            counter.Add(row, count);
    }

    // An eighth at once, so that the search for the oldest is rare.
    private void Evict()
    {
        // By row, and by about as many domains.
        if (2L * _counters.Count * _nodes.Length < CounterEntriesMax)
            return;
        foreach (var counter in _counters.Values.OrderBy(c => c.LastUsed).Take(Math.Max(1, _counters.Count / 8)).ToList())
        {
            _counters.Remove(counter.Matcher.Key);
            _counterFile.Remove(counter);
            foreach (var pods in counter.Classes)
                pods.Counters.Remove(counter);
        }
    }
}
