using Berth.Api;
using Berth.Api.Schema;
using Berth.ApiServer.Registry;
using Berth.Store;

namespace Berth.ApiServer.Watch;

/// <summary>
/// One kind's objects in memory: as they are now, the last changes, and those who watch. <see cref="WatchCacheHub"/> alone
/// writes; anybody reads.
/// </summary>
public sealed class WatchCache
{
    // As kube-apiserver's largest common window for small clusters; each entry holds one old version of an object.
    private const int RingEventsMax = 2048;
    private const long RingBytesMax = 4 * 1024 * 1024;

    // What an entry holds beside its object's text: itself, and the part of the snapshot behind it that is its own.
    private const int EntryBytes = 1536;

    private readonly Lock _lock = new();
    private readonly List<CacheWatcher> _watchers = [];
    private readonly LinkedList<(CacheEvent Change, CacheSnapshot After)> _ring = [];
    private readonly IValueTransformer? _transformer;
    private long _ringBytes;
    private volatile CacheSnapshot _current = CacheSnapshot.Empty;
    private long _version;

    // Watches can start after this revision: everything newer is in the ring.
    private Revision _reach;

    // What the objects were at _reach, so that lists at old revisions need no store.
    private CacheSnapshot _atReach = CacheSnapshot.Empty;

    public WatchCache(KindInfo kind, string prefix, IValueTransformer? transformer)
    {
        Kind = kind;
        Prefix = prefix;
        _transformer = transformer;
    }

    /// <summary>The kind under which objects are stored.</summary>
    public KindInfo Kind { get; }

    /// <summary><c>/registry/GROUP/PLURAL/</c>.</summary>
    public string Prefix { get; }

    /// <summary>Whatever the one who made the cache wants to find with it.</summary>
    public object? Owner { get; init; }

    public CacheSnapshot Current => _current;

    /// <summary>Grows with each change; see <see cref="IObjectReader.Version{T}"/>.</summary>
    public long Version => Volatile.Read(ref _version);

    public string StoreKey(ObjectKey key) => key.Namespace.Length == 0 ? Prefix + key.Name : $"{Prefix}{key.Namespace}/{key.Name}";

    /// <summary>From what the store has of an object to the object.</summary>
    public CachedObject Decode(StoreEntry entry) => Decode(entry.Key, entry.Value, entry.ModRevision);

    /// <summary>
    /// A place from which to see every change after a revision; with null, every change from now, the objects as they are
    /// being the place's snapshot.
    /// </summary>
    /// <returns>Null when the changes since then are not all known any more.</returns>
    public CacheWatcher? Attach(Selection selection, Revision? after)
    {
        lock (_lock)
        {
            if (after < _reach)
                return null;
            List<CacheEvent> missed = [];
            if (after is { } start)
            {
                for (var node = _ring.Last; node is not null && node.Value.Change.Revision > start; node = node.Previous)
                    missed.Add(node.Value.Change);
                missed.Reverse();
            }

            var watcher = new CacheWatcher(this, selection, missed, _current);
            _watchers.Add(watcher);
            return watcher;
        }
    }

    /// <summary>The objects as they were at a revision; null when that is not known any more.</summary>
    public CacheSnapshot? At(Revision revision)
    {
        lock (_lock)
        {
            if (revision < _reach)
                return null;
            for (var node = _ring.Last; node is not null; node = node.Previous)
            {
                if (node.Value.Change.Revision <= revision)
                    return node.Value.After;
            }

            return _atReach;
        }
    }

    internal void Load(IReadOnlyList<StoreEntry> entries, Revision at)
    {
        var snapshot = CacheSnapshot.Empty with { Revision = at };
        foreach (var entry in entries)
            snapshot = snapshot.With(Decode(entry));
        lock (_lock)
        {
            _current = _atReach = snapshot;
            _reach = at;
            _ring.Clear();
            _ringBytes = 0;
            _version++;
        }
    }

    /// <summary>Takes over one transaction's changes of this kind. Readers see all of them or none.</summary>
    internal void Apply(ReadOnlySpan<StoreEvent> changes)
    {
        lock (_lock)
        {
            var snapshot = _current with { Revision = changes[0].Revision };
            var seen = new CacheEvent[changes.Length];
            for (var i = 0; i < changes.Length; i++)
            {
                var change = changes[i];
                var key = KeyOf(change.Key);
                var previous = snapshot.Get(key);
                if (change.Type == StoreEventType.Delete)
                {
                    // The store does not tell of deletes of what is not there, so this is the version that the cache has.
                    if (previous is null)
                        throw new InvalidOperationException($"{change.Key} was deleted at {change.Revision}, but the cache never saw it");
                    snapshot = snapshot.Without(key);
                    seen[i] = new CacheEvent(CacheEventType.Deleted, previous.At(change.Revision), previous, change.Revision);
                }
                else
                {
                    var value = Decode(change.Key, change.Value, change.Revision);
                    snapshot = snapshot.With(value);
                    seen[i] = new CacheEvent(previous is null ? CacheEventType.Added : CacheEventType.Modified, value, previous, change.Revision);
                }
            }

            foreach (var change in seen)
                Remember(change, snapshot);
            _current = snapshot;
            _version++;
            foreach (var watcher in _watchers)
            {
                foreach (var change in seen)
                    watcher.Offer(change);
            }
        }
    }

    /// <summary>Ends every watch.</summary>
    internal void CutOffAll()
    {
        lock (_lock)
        {
            foreach (var watcher in _watchers)
                watcher.CutOff();
        }
    }

    internal void Detach(CacheWatcher watcher)
    {
        lock (_lock)
            _watchers.Remove(watcher);
    }

    private void Remember(CacheEvent change, CacheSnapshot after)
    {
        _ring.AddLast((change, after));
        // Old versions are rarely asked for; their text is enough to make the rest of them again.
        change.Previous?.Release();
        _ringBytes += change.Object.Json.Length + EntryBytes;
        while (_ring.Count > RingEventsMax || _ringBytes > RingBytesMax)
        {
            var (oldest, snapshot) = _ring.First!.Value;
            // A transaction's changes leave together: half of one is no place to start from.
            do
            {
                _ringBytes -= _ring.First!.Value.Change.Object.Json.Length + EntryBytes;
                _ring.RemoveFirst();
            }
            while (_ring.First is { } next && next.Value.Change.Revision == oldest.Revision);
            _reach = oldest.Revision;
            _atReach = snapshot;
        }
    }

    private CachedObject Decode(string key, ReadOnlyMemory<byte> stored, Revision revision)
    {
        var json = _transformer is null ? stored : _transformer.FromStorage(key, stored);
        return CachedObject.FromStored(Kind, KeyOf(key), revision, json.Span);
    }

    private ObjectKey KeyOf(string storeKey)
    {
        var rest = storeKey.AsSpan(Prefix.Length);
        if (!Kind.Namespaced)
            return new ObjectKey("", rest.ToString());
        var slash = rest.IndexOf('/');
        return new ObjectKey(rest[..slash].ToString(), rest[(slash + 1)..].ToString());
    }
}
