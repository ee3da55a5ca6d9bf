using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Berth.Api;

/// <summary>
/// Immutable map from string, kept sorted by key (ordinal, as Kubernetes writes maps), with value equality. Never null in
/// API types. Maps of the API are small (labels, annotations, resources), so look-up is a binary search over one array.
/// </summary>
[CollectionBuilder(typeof(ApiMap), nameof(ApiMap.Create))]
public sealed class ApiMap<TValue> : IReadOnlyDictionary<string, TValue>, IEquatable<ApiMap<TValue>>
{
    private readonly KeyValuePair<string, TValue>[] _entries;

    internal ApiMap(KeyValuePair<string, TValue>[] sorted) => _entries = sorted;

    public static ApiMap<TValue> Empty { get; } = new([]);

    public int Count => _entries.Length;

    public bool IsEmpty => _entries.Length == 0;

    public IEnumerable<string> Keys => _entries.Select(e => e.Key);

    public IEnumerable<TValue> Values => _entries.Select(e => e.Value);

    /// <exception cref="KeyNotFoundException">The map has no such key.</exception>
    public TValue this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The map has no key '{key}'.");

    public ReadOnlySpan<KeyValuePair<string, TValue>> AsSpan() => _entries;

    public bool ContainsKey(string key) => Find(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TValue value)
    {
        var index = Find(key);
        value = index >= 0 ? _entries[index].Value : default;
        return index >= 0;
    }

    /// <summary>The value at <paramref name="key"/>, or <paramref name="fallback"/>.</summary>
    [return: NotNullIfNotNull(nameof(fallback))]
    public TValue? GetOr(string key, TValue? fallback = default) => TryGetValue(key, out var value) ? value : fallback;

    public ApiMap<TValue> With(string key, TValue value)
    {
        var index = Find(key);
        if (index >= 0)
        {
            var copy = _entries.ToArray();
            copy[index] = new(key, value);
            return new(copy);
        }

        var at = ~index;
        return new([.. _entries.AsSpan(0, at), new(key, value), .. _entries.AsSpan(at)]);
    }

    public ApiMap<TValue> With(IEnumerable<KeyValuePair<string, TValue>> others) => ApiMap.ToApiMap(_entries.Concat(others));

    public ApiMap<TValue> Without(string key)
    {
        var index = Find(key);
        return index < 0 ? this : new([.. _entries.AsSpan(0, index), .. _entries.AsSpan(index + 1)]);
    }

    public bool Equals(ApiMap<TValue>? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other._entries.Length != _entries.Length)
            return false;
        for (var i = 0; i < _entries.Length; i++)
        {
            if (!string.Equals(_entries[i].Key, other._entries[i].Key, StringComparison.Ordinal)
                || !EqualityComparer<TValue>.Default.Equals(_entries[i].Value, other._entries[i].Value))
                return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ApiMap<TValue>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (key, value) in _entries)
        {
            hash.Add(key, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"{{{string.Join(", ", _entries.Select(e => $"{e.Key}={e.Value}"))}}}";

    public IEnumerator<KeyValuePair<string, TValue>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, TValue>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _entries.GetEnumerator();

    private int Find(string key)
    {
        int low = 0, high = _entries.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(_entries[middle].Key, key);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }
}

/// <summary>Makes <see cref="ApiMap{TValue}"/>s. Where a key repeats, its last value wins.</summary>
public static class ApiMap
{
    public static ApiMap<TValue> Create<TValue>(ReadOnlySpan<KeyValuePair<string, TValue>> entries) =>
        entries.IsEmpty ? ApiMap<TValue>.Empty : FromArray(entries.ToArray());

    public static ApiMap<TValue> ToApiMap<TValue>(this IEnumerable<KeyValuePair<string, TValue>> entries) =>
        entries is ApiMap<TValue> same ? same : FromArray(entries.ToArray());

    /// <summary>A map of strings from key and value pairs: <c>ApiMap.Of(("app", "web"))</c>.</summary>
    public static ApiMap<string> Of(params ReadOnlySpan<(string Key, string Value)> entries)
    {
        var array = new KeyValuePair<string, string>[entries.Length];
        for (var i = 0; i < entries.Length; i++)
            array[i] = new(entries[i].Key, entries[i].Value);
        return FromArray(array);
    }

    internal static ApiMap<TValue> FromArray<TValue>(KeyValuePair<string, TValue>[] entries)
    {
        if (entries.Length == 0)
            return ApiMap<TValue>.Empty;
        var sorted = true;
        for (var i = 1; i < entries.Length && sorted; i++)
            sorted = string.CompareOrdinal(entries[i - 1].Key, entries[i].Key) < 0;
        if (sorted)
            return new(entries);

        // The index keeps the sort stable, so that of equal keys the last stays last.
        var order = Enumerable.Range(0, entries.Length)
            .OrderBy(i => entries[i].Key, StringComparer.Ordinal).ThenBy(i => i).Select(i => entries[i]);
        var result = new List<KeyValuePair<string, TValue>>(entries.Length);
        foreach (var entry in order)
        {
            if (result.Count > 0 && string.Equals(result[^1].Key, entry.Key, StringComparison.Ordinal))
                result[^1] = entry;
            else
                result.Add(entry);
        }

        return new(result.ToArray());
    }
}
