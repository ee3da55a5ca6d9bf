namespace Berth.Store;

/// <summary>
/// A durable sorted map from key to bytes with a history and one <see cref="Revision"/> for all of it. Keys are
/// '/'-separated paths, ordered by their UTF-8 bytes.
/// </summary>
/// <remarks>
/// Refusals that callers cause are values (<see cref="StoreOutcome"/>) or one of the sealed kinds of
/// <see cref="StoreException"/>. All members may be called from any thread. After <see cref="IAsyncDisposable.DisposeAsync"/>
/// calls and running watches end with <see cref="StoreUnavailableException"/>.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// Revision of the last acknowledged write. Another writer may be ahead of it by the time it is used: conditions on
    /// keys, not this, make an update safe.
    /// </summary>
    Revision Current { get; }

    /// <summary>The oldest revision that can still be read, and after which a watch can still start.</summary>
    Revision Floor { get; }

    /// <summary>The key now, or as it was at a revision; null when it does not exist there.</summary>
    /// <exception cref="CompactedException"><paramref name="at"/> is older than <see cref="Floor"/>.</exception>
    /// <exception cref="FutureRevisionException"><paramref name="at"/> has not been reached.</exception>
    ValueTask<StoreEntry?> GetAsync(string key, Revision? at = null, CancellationToken cancellation = default);

    /// <summary>A prefix's keys in order, now or as they were at a revision.</summary>
    /// <param name="prefix">Compared as a string, so normally ends in '/'. Empty: everything.</param>
    /// <param name="startAfter">Only keys greater than this one; null: from the first.</param>
    /// <param name="limit">The most entries to return; 0: all.</param>
    /// <exception cref="CompactedException"><paramref name="at"/> is older than <see cref="Floor"/>.</exception>
    /// <exception cref="FutureRevisionException"><paramref name="at"/> has not been reached.</exception>
    ValueTask<StorePage> ListAsync(
        string prefix, string? startAfter = null, int limit = 0, Revision? at = null, CancellationToken cancellation = default);

    /// <summary>
    /// Applies a transaction. When it returns, the outcome is durable and visible to every reader, and watchers have been
    /// told. Cancelling stops only the waiting: the transaction may still happen.
    /// </summary>
    /// <exception cref="StoreFullException">There is no space; nothing was written. Reads go on.</exception>
    /// <exception cref="StoreUnavailableException">The medium failed; whether it was written is unknown. Reads go on.</exception>
    ValueTask<StoreOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellation = default);

    /// <summary>
    /// Every change under a prefix after a revision, without gap or repeat, first from history and then as it happens.
    /// When other prefixes change, empty batches carry <see cref="WatchBatch.Through"/> forward; while the watcher is
    /// busy they merge. A watcher that falls behind by more than <see cref="StoreLimits.WatchBacklogEvents"/> or
    /// <see cref="StoreLimits.WatchBacklogBytes"/> is fed from history again, at its own speed. A revision not reached
    /// yet is waited for. Enumerate a result once.
    /// </summary>
    /// <exception cref="CompactedException">
    /// While enumerating: what should come next is no longer in history. List again and watch from there.
    /// </exception>
    IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, Revision after, CancellationToken cancellation = default);

    /// <summary>
    /// Forgets what can be read only at revisions older than <paramref name="floor"/>, which becomes <see cref="Floor"/>.
    /// Does nothing when it already is older.
    /// </summary>
    /// <exception cref="FutureRevisionException"><paramref name="floor"/> has not been reached.</exception>
    ValueTask CompactAsync(Revision floor, CancellationToken cancellation = default);
}
