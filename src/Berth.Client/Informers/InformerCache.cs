using System.Collections.Concurrent;
using Berth.Api;

namespace Berth.Client.Informers;

/// <summary>
/// The objects of one kind as last heard of, with indexes. Written by its informer's loop alone; read from any thread. Reads
/// may be older than the server: decisions that must not be wrong carry a resourceVersion and let the server refuse.
/// </summary>
public sealed class InformerCache<T>
    where T : class, IApiObject<T>
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ObjectKey, T> _objects = new();
    private readonly Dictionary<string, Index> _indexes = new(StringComparer.Ordinal);

    public int Count => _objects.Count;

    /// <summary>Null when the cache has no such object.</summary>
    public T? Get(string ns, string name) => _objects.GetValueOrDefault(new ObjectKey(ns, name));

    /// <inheritdoc cref="Get(string, string)"/>
    public T? Get(ObjectKey key) => _objects.GetValueOrDefault(key);

    /// <summary>All objects, in no order.</summary>
    public IReadOnlyList<T> List() => [.. _objects.Values];

    /// <summary>Objects of one namespace; uses the built-in namespace index.</summary>
    public IReadOnlyList<T> List(string ns) => ByIndex(NamespaceIndex, ns);

    /// <summary>Objects that an index files under a value.</summary>
    /// <exception cref="ArgumentException">There is no such index.</exception>
    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        lock (_gate)
        {
            if (!_indexes.TryGetValue(index, out var found))
            {
                if (index != NamespaceIndex)
                    throw new ArgumentException($"the cache of {T.Kind.Plural} has no index \"{index}\"", nameof(index));
                found = Build(static o => [o.Metadata.Namespace]);
                _indexes.Add(index, found);
            }

            return found.Keys.TryGetValue(value, out var keys)
                ? [.. keys.Select(k => _objects.GetValueOrDefault(k)).OfType<T>()]
                : [];
        }
    }

    /// <summary>Adds an index; doing it again with the same name changes nothing.</summary>
    /// <param name="values">What an object is filed under; must depend on the object alone.</param>
    public void AddIndex(string name, Func<T, IEnumerable<string>> values)
    {
        lock (_gate)
        {
            if (!_indexes.ContainsKey(name))
                _indexes.Add(name, Build(values));
        }
    }

    /// <summary>Name of the index that <see cref="List(string)"/> uses.</summary>
    public const string NamespaceIndex = "namespace";

    internal T? Set(T value)
    {
        var key = ObjectKey.Of(value);
        lock (_gate)
        {
            var old = _objects.GetValueOrDefault(key);
            foreach (var index in _indexes.Values)
            {
                if (old is not null)
                    index.Remove(key, old);
                index.Add(key, value);
            }

            _objects[key] = value;
            return old;
        }
    }

    internal T? Remove(ObjectKey key)
    {
        lock (_gate)
        {
            if (!_objects.TryRemove(key, out var old))
                return null;
            foreach (var index in _indexes.Values)
                index.Remove(key, old);
            return old;
        }
    }

    internal IReadOnlyList<ObjectKey> Keys() => [.. _objects.Keys];

    private Index Build(Func<T, IEnumerable<string>> values)
    {
        var index = new Index(values);
        foreach (var (key, value) in _objects)
            index.Add(key, value);
        return index;
    }

    private sealed class Index(Func<T, IEnumerable<string>> values)
    {
        public Dictionary<string, HashSet<ObjectKey>> Keys { get; } = new(StringComparer.Ordinal);

        public void Add(ObjectKey key, T value)
        {
            foreach (var entry in values(value))
            {
                if (!Keys.TryGetValue(entry, out var keys))
                    Keys.Add(entry, keys = []);
                keys.Add(key);
            }
        }

        public void Remove(ObjectKey key, T value)
        {
            foreach (var entry in values(value))
            {
                if (Keys.TryGetValue(entry, out var keys) && keys.Remove(key) && keys.Count == 0)
                    Keys.Remove(entry);
            }
        }
    }
}
