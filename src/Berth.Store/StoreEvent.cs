namespace Berth.Store;

public enum StoreEventType
{
    Put,
    Delete,
}

/// <summary>One key's change.</summary>
/// <param name="Value">Empty for a delete.</param>
/// <param name="PreviousValue">What the key held before; null when it did not exist.</param>
/// <param name="Revision">The transaction's; for a put also the key's new <see cref="StoreEntry.ModRevision"/>.</param>
/// <param name="CreateRevision">Of the value put, or of the value deleted. A put is a creation when it equals <paramref name="Revision"/>.</param>
public sealed record StoreEvent(
    StoreEventType Type,
    string Key,
    ReadOnlyMemory<byte> Value,
    ReadOnlyMemory<byte>? PreviousValue,
    Revision Revision,
    Revision CreateRevision);
