namespace Berth.Store.Feed;

/// <summary>Where <see cref="WatchFeed"/> reads what happened before a watch started or while its watcher was too slow.</summary>
internal interface IEventHistory
{
    /// <summary>
    /// The next events of a prefix after a revision: about a page, whole transactions. A batch that reaches the end of
    /// history has the last committed revision as <see cref="WatchBatch.Through"/>.
    /// </summary>
    /// <exception cref="CompactedException"><paramref name="after"/> is older than the floor.</exception>
    ValueTask<WatchBatch> ReadEventsAsync(string prefix, Revision after, CancellationToken cancellation);
}
