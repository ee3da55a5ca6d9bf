namespace Berth.Store;

/// <summary>
/// Operations that happen together at one revision, or not at all. A transaction names a key at most once, and holds at
/// most <see cref="StoreLimits.TransactionOperations"/> operations.
/// </summary>
public sealed class StoreTransaction
{
    public StoreTransaction(params IReadOnlyList<StoreOperation> operations)
    {
        ArgumentNullException.ThrowIfNull(operations);
        StoreLimits.Check(operations);
        Operations = operations;
    }

    public IReadOnlyList<StoreOperation> Operations { get; }

    /// <inheritdoc cref="StoreOperation.Put"/>
    public static StoreTransaction Put(string key, ReadOnlyMemory<byte> value, Revision? expected = null) =>
        new(StoreOperation.Put(key, value, expected));

    /// <inheritdoc cref="StoreOperation.Delete"/>
    public static StoreTransaction Delete(string key, Revision? expected = null) =>
        new(StoreOperation.Delete(key, expected));
}
