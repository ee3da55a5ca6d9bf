namespace Berth.Store;

/// <summary>
/// Entries in key order, all as they were at <see cref="Revision"/>. To go on, list again after the last entry's key at
/// the same revision.
/// </summary>
/// <param name="More">Whether keys follow the last entry.</param>
/// <param name="Remaining">How many follow it.</param>
public sealed record StorePage(IReadOnlyList<StoreEntry> Entries, Revision Revision, bool More, long Remaining);
