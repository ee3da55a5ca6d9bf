using Berth.Store.Feed;

namespace Berth.Store.Memory;

/// <summary>
/// A store that lives and dies with the process: for tests and simulation. One lock guards everything; nothing under it
/// waits.
/// </summary>
public sealed class MemoryStore : IStore, IEventHistory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, KeyVersions> _keys = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _order = new(StoreKey.Order);

    // All changes after the floor, in revision order.
    private readonly List<StoreEvent> _log = [];
    private readonly WatchFeed _feed;
    private Revision _current;
    private Revision _floor;
    private bool _closed;

    public MemoryStore() => _feed = new WatchFeed(this, Revision.None);

    public Revision Current
    {
        get
        {
            lock (_lock) return _current;
        }
    }

    public Revision Floor
    {
        get
        {
            lock (_lock) return _floor;
        }
    }

    public ValueTask<StoreEntry?> GetAsync(string key, Revision? at = null, CancellationToken cancellation = default)
    {
        StoreKey.Check(key);
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var revision = Readable(at);
            return ValueTask.FromResult(_keys.TryGetValue(key, out var versions) ? versions.At(revision) : null);
        }
    }

    public ValueTask<StorePage> ListAsync(
        string prefix, string? startAfter = null, int limit = 0, Revision? at = null, CancellationToken cancellation = default)
    {
        StoreKey.CheckPrefix(prefix);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var revision = Readable(at);
            var entries = new List<StoreEntry>();
            long remaining = 0;
            foreach (var key in Keys(prefix, startAfter))
            {
                if (_keys[key].At(revision) is not { } entry) continue;
                if (limit != 0 && entries.Count == limit) remaining++;
                else entries.Add(entry);
            }

            return ValueTask.FromResult(new StorePage(entries, revision, remaining > 0, remaining));
        }
    }

    public ValueTask<StoreOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ThrowIfClosed();
            foreach (var operation in transaction.Operations)
            {
                var latest = Latest(operation.Key);
                if (operation.Expected is { } expected && (latest?.ModRevision ?? Revision.None) != expected)
                    return ValueTask.FromResult<StoreOutcome>(new StoreOutcome.Conflict(operation.Key, latest));
            }

            var events = Apply(transaction.Operations, _current.Next);
            if (events.Count > 0)
            {
                _current = _current.Next;
                _log.AddRange(events);
                _feed.Publish(events, _current);
            }

            return ValueTask.FromResult<StoreOutcome>(new StoreOutcome.Committed(_current));
        }
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, Revision after, CancellationToken cancellation = default)
    {
        StoreKey.CheckPrefix(prefix);
        return _feed.WatchAsync(prefix, after, () => Floor, cancellation);
    }

    public ValueTask CompactAsync(Revision floor, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            ThrowIfClosed();
            if (floor > _current) throw new FutureRevisionException(floor, _current);
            if (floor <= _floor) return ValueTask.CompletedTask;
            _floor = floor;

            var kept = FirstAfter(floor);
            foreach (var key in _log.Take(kept).Select(change => change.Key).ToHashSet(StringComparer.Ordinal))
            {
                var versions = _keys[key];
                versions.Compact(floor);
                if (!versions.IsEmpty) continue;
                _keys.Remove(key);
                _order.Remove(key);
            }

            _log.RemoveRange(0, kept);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        lock (_lock) _closed = true;
        _feed.Close();
        return ValueTask.CompletedTask;
    }

    ValueTask<WatchBatch> IEventHistory.ReadEventsAsync(string prefix, Revision after, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            ThrowIfClosed();
            if (after < _floor) throw new CompactedException(after, _floor);
            var events = new List<StoreEvent>();
            long bytes = 0;
            for (var i = FirstAfter(after); i < _log.Count; i++)
            {
                var change = _log[i];
                if (!change.Key.StartsWith(prefix, StringComparison.Ordinal)) continue;
                var full = events.Count >= StoreLimits.HistoryPageEvents || bytes >= StoreLimits.HistoryPageBytes;
                if (full && change.Revision != events[^1].Revision)
                    return ValueTask.FromResult(new WatchBatch(events, events[^1].Revision));
                events.Add(change);
                bytes += change.Value.Length;
            }

            return ValueTask.FromResult(new WatchBatch(events, _current));
        }
    }

    private List<StoreEvent> Apply(IReadOnlyList<StoreOperation> operations, Revision revision)
    {
        var events = new List<StoreEvent>(operations.Count);
        foreach (var operation in operations)
        {
            var previous = Latest(operation.Key);
            if (operation.Value is { } value)
            {
                if (!_keys.TryGetValue(operation.Key, out var versions))
                {
                    _keys.Add(operation.Key, versions = new KeyVersions(operation.Key));
                    _order.Add(operation.Key);
                }

                var entry = versions.Put(value, revision);
                events.Add(new StoreEvent(StoreEventType.Put, operation.Key, value, previous?.Value, revision, entry.CreateRevision));
            }
            else if (previous is not null)
            {
                _keys[operation.Key].Delete(revision);
                events.Add(new StoreEvent(
                    StoreEventType.Delete, operation.Key, default, previous.Value, revision, previous.CreateRevision));
            }
        }

        return events;
    }

    private StoreEntry? Latest(string key) => _keys.TryGetValue(key, out var versions) ? versions.Latest : null;

    private IEnumerable<string> Keys(string prefix, string? startAfter)
    {
        if (_order.Count == 0) yield break;
        var first = startAfter is not null && StoreKey.Compare(startAfter, prefix) > 0 ? startAfter : prefix;
        var last = StoreKey.PrefixEnd(prefix) ?? _order.Max!;
        if (StoreKey.Compare(first, last) > 0) yield break;
        foreach (var key in _order.GetViewBetween(first, last))
        {
            if (key == startAfter || !key.StartsWith(prefix, StringComparison.Ordinal)) continue;
            yield return key;
        }
    }

    private Revision Readable(Revision? at)
    {
        ThrowIfClosed();
        if (at is not { } revision) return _current;
        if (revision < _floor) throw new CompactedException(revision, _floor);
        if (revision > _current) throw new FutureRevisionException(revision, _current);
        return revision;
    }

    private int FirstAfter(Revision revision)
    {
        var (low, high) = (0, _log.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_log[middle].Revision <= revision) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void ThrowIfClosed()
    {
        if (_closed) throw new StoreUnavailableException("the store has been closed");
    }
}
