using System.Runtime.CompilerServices;

namespace Berth.Store.Feed;

/// <summary>
/// Carries committed changes from the one writer to all watchers. A watcher begins in history, and goes live under the
/// lock that publishing takes, at the moment when it has read everything published: so nothing falls between the two and
/// nothing comes twice.
/// </summary>
internal sealed class WatchFeed(IEventHistory history, Revision published)
{
    private readonly Lock _lock = new();
    private readonly List<Subscription> _subscriptions = [];
    private Revision _published = published;
    private bool _closed;

    /// <summary>
    /// Offers changes to every watcher. Called by the writer alone, in revision order, when readers of history can see
    /// the changes and before the transaction is acknowledged.
    /// </summary>
    public void Publish(IReadOnlyList<StoreEvent> events, Revision through)
    {
        lock (_lock)
        {
            _published = through;
            foreach (var subscription in _subscriptions) subscription.Offer(events, through);
        }
    }

    /// <inheritdoc cref="IStore.WatchAsync"/>
    public async IAsyncEnumerable<WatchBatch> WatchAsync(
        string prefix, Revision after, Func<Revision> floor, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var subscription = new Subscription(prefix);
        Add(subscription);
        try
        {
            // A watch that starts below the floor is refused even if it would be live at once.
            if (after < floor()) throw new CompactedException(after, floor());
            for (var cursor = after; ;)
            {
                if (!TryGoLive(subscription, cursor))
                {
                    var page = await history.ReadEventsAsync(prefix, cursor, cancellation).ConfigureAwait(false);
                    cursor = page.Through;
                    yield return page;
                    continue;
                }

                while (await subscription.TakeAsync(cancellation).ConfigureAwait(false) is { } batch)
                {
                    cursor = batch.Through;
                    yield return batch;
                }
            }
        }
        finally
        {
            Remove(subscription);
        }
    }

    /// <summary>Ends all watches.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            foreach (var subscription in _subscriptions) subscription.Close();
        }
    }

    private void Add(Subscription subscription)
    {
        lock (_lock)
        {
            if (_closed) throw new StoreUnavailableException("the store has been closed");
            _subscriptions.Add(subscription);
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_lock) _subscriptions.Remove(subscription);
    }

    private bool TryGoLive(Subscription subscription, Revision cursor)
    {
        lock (_lock)
        {
            if (cursor < _published) return false;
            subscription.GoLive(cursor);
            return true;
        }
    }
}
