namespace Berth.ApiServer.Http;

/// <summary>Who answers for paths that are no resource. A path that ends in '/' answers for all below it; the longest wins.</summary>
public sealed class PathTable
{
    private readonly Dictionary<string, IApiHandler> _exact = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IApiHandler> _prefixes =
        new(Comparer<string>.Create((l, r) => l.Length != r.Length ? r.Length.CompareTo(l.Length) : string.CompareOrdinal(l, r)));

    public IEnumerable<string> Paths => _exact.Keys;

    public void Add(string path, IApiHandler handler)
    {
        if (path.EndsWith('/') && path.Length > 1)
            _prefixes.Add(path, handler);
        else
            _exact.Add(path, handler);
    }

    /// <summary>Null when nobody does.</summary>
    public IApiHandler? Find(string path)
    {
        if (_exact.TryGetValue(path, out var handler))
            return handler;
        foreach (var (prefix, candidate) in _prefixes)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
                return candidate;
        }

        return null;
    }
}
