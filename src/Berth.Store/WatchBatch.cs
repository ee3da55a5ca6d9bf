namespace Berth.Store;

/// <summary>
/// The next events of a watch, in revision order, a transaction's in the order of its operations and never split over
/// two batches. May be empty, to tell that time went on.
/// </summary>
/// <param name="Through">
/// Everything under the watched prefix up to and including this revision has been delivered. A watch can be resumed
/// after it.
/// </param>
public sealed record WatchBatch(IReadOnlyList<StoreEvent> Events, Revision Through);
