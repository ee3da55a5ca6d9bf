using System.Collections.Concurrent;
using Berth.Store;

namespace Berth.ApiServer.Watch;

/// <summary>
/// Feeds all <see cref="WatchCache"/>s from one watch of the store. One loop owns the writing; when it fails for good
/// (the store is closed or broken), <see cref="Failure"/> says so and the server is no longer ready.
/// </summary>
public sealed class WatchCacheHub(IStore store) : IAsyncDisposable
{
    private const string Root = "/registry/";

    // History that a restarted server takes into its caches, so that clients can go on from where they were.
    private const long WarmRevisions = 2048;

    private readonly ConcurrentDictionary<string, WatchCache> _caches = new(StringComparer.Ordinal);

    // Held while changes are handed to the caches: who holds it sees them all at Through.
    private readonly SemaphoreSlim _feeding = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _progress = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loop = Task.CompletedTask;
    private long _through;

    /// <summary>Every change up to and including this revision is in the caches.</summary>
    public Revision Through => new(Volatile.Read(ref _through));

    /// <summary>Why the caches no longer follow the store; null while they do.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Before <see cref="StartAsync"/>.</summary>
    public void Add(WatchCache cache) => _caches[cache.Prefix] = cache;

    /// <summary>Loads a cache and lets it follow the store, while the hub runs.</summary>
    public async Task AddAsync(WatchCache cache, CancellationToken cancellation)
    {
        await _feeding.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var page = await store.ListAsync(cache.Prefix, at: Through, cancellation: cancellation).ConfigureAwait(false);
            cache.Load(page.Entries, Through);
            _caches[cache.Prefix] = cache;
        }
        finally
        {
            _feeding.Release();
        }
    }

    /// <summary>Forgets a cache and ends its watches.</summary>
    public void Remove(WatchCache cache)
    {
        _caches.TryRemove(KeyValuePair.Create(cache.Prefix, cache));
        cache.CutOffAll();
    }

    /// <summary>Loads all caches and begins to follow the store.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var start = new Revision(Math.Max(store.Floor.Value, store.Current.Value - WarmRevisions));
        foreach (var cache in _caches.Values)
        {
            var page = await store.ListAsync(cache.Prefix, at: start, cancellation: cancellation).ConfigureAwait(false);
            cache.Load(page.Entries, start);
        }

        Volatile.Write(ref _through, start.Value);
        _loop = Task.Run(() => FollowAsync(start), CancellationToken.None);
        await WaitAsync(store.Current, cancellation).ConfigureAwait(false);
    }

    /// <summary>Returns once every change up to a revision is in the caches.</summary>
    public async ValueTask WaitAsync(Revision revision, CancellationToken cancellation)
    {
        while (Through < revision)
        {
            Task progress;
            lock (_lock)
                progress = _progress.Task;
            if (Failure is { } failure)
                throw new StoreUnavailableException("the watch cache no longer follows the store", failure);
            if (Through >= revision)
                return;
            await progress.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Returns once the caches hold what the store has acknowledged by now.</summary>
    public ValueTask WaitForLatestAsync(CancellationToken cancellation)
    {
        var current = store.Current;
        return Through >= current ? ValueTask.CompletedTask : WaitAsync(current, cancellation);
    }

    /// <summary>Ends all watches.</summary>
    public void CutOffWatchers()
    {
        foreach (var cache in _caches.Values)
            cache.CutOffAll();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        CutOffWatchers();
        _stop.Dispose();
        _feeding.Dispose();
    }

    private async Task FollowAsync(Revision after)
    {
        try
        {
            await foreach (var batch in store.WatchAsync(Root, after, _stop.Token).ConfigureAwait(false))
            {
                await _feeding.WaitAsync(_stop.Token).ConfigureAwait(false);
                try
                {
                    Apply(batch.Events);
                    Volatile.Write(ref _through, batch.Through.Value);
                }
                finally
                {
                    _feeding.Release();
                }

                Signal();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Failure = new StoreUnavailableException("the server has stopped");
        }
#pragma warning disable CA1031 // Whatever it is: readers must learn that the caches stand still, and it is reported by readyz.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Failure = e;
        }

        CutOffWatchers();
        Signal();
    }

    private void Apply(IReadOnlyList<StoreEvent> events)
    {
        // One transaction's events of one kind go together.
        for (var start = 0; start < events.Count;)
        {
            var revision = events[start].Revision;
            var end = start;
            while (end < events.Count && events[end].Revision == revision)
                end++;
            if (end == start + 1)
            {
                if (CacheOf(events[start].Key) is { } cache)
                    cache.Apply([events[start]]);
            }
            else
            {
                for (var i = start; i < end; i++)
                {
                    if (CacheOf(events[i].Key) is not { } cache || Enumerable.Range(start, i - start).Any(j => CacheOf(events[j].Key) == cache))
                        continue;
                    cache.Apply(Enumerable.Range(i, end - i).Select(j => events[j]).Where(e => CacheOf(e.Key) == cache).ToArray());
                }
            }

            start = end;
        }
    }

    private WatchCache? CacheOf(string key)
    {
        // "/registry/GROUP/PLURAL/": what other parts keep in the store has other roots or unknown groups.
        var group = key.IndexOf('/', Root.Length);
        var plural = group < 0 ? -1 : key.IndexOf('/', group + 1);
        return plural < 0 ? null : _caches.GetValueOrDefault(key[..(plural + 1)]);
    }

    private void Signal()
    {
        TaskCompletionSource done;
        lock (_lock)
        {
            done = _progress;
            _progress = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        done.SetResult();
    }
}
