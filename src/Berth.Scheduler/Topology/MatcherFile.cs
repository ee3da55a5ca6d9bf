namespace Berth.Scheduler.Topology;

/// <summary>
/// Many matchers, filed so that the few that can mean a pod are found without asking all: under a label that they demand,
/// or aside when they demand none.
/// </summary>
internal sealed class MatcherFile<T>(Func<T, PodMatcher> matcher)
    where T : class
{
    private readonly Dictionary<(string Key, string Value), List<T>> _byLabel = [];
    private readonly List<T> _aside = [];

    public void Add(T item)
    {
        if (matcher(item).Label is not { } label)
        {
            _aside.Add(item);
            return;
        }

        if (!_byLabel.TryGetValue(label, out var found))
            _byLabel.Add(label, found = []);
        found.Add(item);
    }

    public void Remove(T item)
    {
        if (matcher(item).Label is not { } label)
            _aside.Remove(item);
        else if (_byLabel.TryGetValue(label, out var found) && found.Remove(item) && found.Count == 0)
            _byLabel.Remove(label);
    }

    /// <summary>All items that may mean the class, and some that do not.</summary>
    public IEnumerable<T> Candidates(PodClass pods)
    {
        foreach (var item in _aside)
            yield return item;
        foreach (var (key, value) in pods.Labels)
        {
            if (_byLabel.TryGetValue((key, value), out var found))
            {
                foreach (var item in found)
                    yield return item;
            }
        }
    }
}
