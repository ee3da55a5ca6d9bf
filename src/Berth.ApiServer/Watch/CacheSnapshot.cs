using System.Collections.Immutable;
using Berth.Api;
using Berth.Store;

namespace Berth.ApiServer.Watch;

/// <summary>All objects of one kind as they were at a revision, in key order. Successors share what did not change.</summary>
/// <param name="Revision">Of the last change of this kind; the store may have gone on since.</param>
public sealed record CacheSnapshot(
    Revision Revision, ImmutableSortedDictionary<string, ImmutableSortedDictionary<string, CachedObject>> Namespaces, int Count)
{
    private static readonly ImmutableSortedDictionary<string, CachedObject> s_noObjects =
        ImmutableSortedDictionary.Create<string, CachedObject>(StringComparer.Ordinal);

    // Order of keys in the store, where a namespace is followed by '/': "a-b/x" stands before "a/x".
    private static readonly IComparer<string> s_namespaceOrder = Comparer<string>.Create(static (left, right) =>
    {
        var common = left.AsSpan().CommonPrefixLength(right);
        var l = common < left.Length ? left[common] : '/';
        var r = common < right.Length ? right[common] : '/';
        return common == left.Length && common == right.Length ? 0 : l.CompareTo(r);
    });

    public static CacheSnapshot Empty { get; } = new(
        Revision.None,
        ImmutableSortedDictionary.Create<string, ImmutableSortedDictionary<string, CachedObject>>(s_namespaceOrder),
        0);

    public CachedObject? Get(ObjectKey key) =>
        Namespaces.TryGetValue(key.Namespace, out var objects) && objects.TryGetValue(key.Name, out var found) ? found : null;

    public CacheSnapshot With(CachedObject value)
    {
        var objects = Namespaces.GetValueOrDefault(value.Key.Namespace, s_noObjects);
        var added = objects.ContainsKey(value.Key.Name) ? 0 : 1;
        return this with
        {
            Namespaces = Namespaces.SetItem(value.Key.Namespace, objects.SetItem(value.Key.Name, value)),
            Count = Count + added,
        };
    }

    public CacheSnapshot Without(ObjectKey key)
    {
        if (!Namespaces.TryGetValue(key.Namespace, out var objects) || !objects.ContainsKey(key.Name))
            return this;
        objects = objects.Remove(key.Name);
        return this with
        {
            Namespaces = objects.IsEmpty ? Namespaces.Remove(key.Namespace) : Namespaces.SetItem(key.Namespace, objects),
            Count = Count - 1,
        };
    }

    /// <summary>In key order.</summary>
    /// <param name="ns">Empty: all.</param>
    /// <param name="after">Only what follows this key.</param>
    public IEnumerable<CachedObject> Range(string ns = "", ObjectKey? after = null)
    {
        foreach (var (name, objects) in ns.Length == 0 ? Namespaces : Only(ns))
        {
            var order = after is { } start ? s_namespaceOrder.Compare(name, start.Namespace) : 1;
            if (order < 0)
                continue;
            foreach (var (key, value) in objects)
            {
                if (order > 0 || string.CompareOrdinal(key, after!.Value.Name) > 0)
                    yield return value;
            }
        }
    }

    private IEnumerable<KeyValuePair<string, ImmutableSortedDictionary<string, CachedObject>>> Only(string ns) =>
        Namespaces.TryGetValue(ns, out var objects) ? [new(ns, objects)] : [];
}
