namespace Berth.Store;

/// <summary>
/// One key as it was at some revision. <see cref="CreateRevision"/> is that of the put that brought the key into being
/// (again, after a delete); <see cref="ModRevision"/> that of the last put.
/// </summary>
public sealed record StoreEntry(string Key, ReadOnlyMemory<byte> Value, Revision CreateRevision, Revision ModRevision);
