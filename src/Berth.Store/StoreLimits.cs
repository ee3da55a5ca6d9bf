namespace Berth.Store;

/// <summary>What one caller may ask of a store. Every implementation has the same limits.</summary>
public static class StoreLimits
{
    /// <summary>
    /// Kubernetes objects end at 1.5 MiB (what etcd takes in one request); the rest is room for what encryption at rest
    /// and an envelope add.
    /// </summary>
    public const int ValueBytes = 2 * 1024 * 1024;

    /// <summary>A name may have 253 characters and a path holds group, resource, namespace and name.</summary>
    public const int KeyBytes = 1024;

    /// <summary>Ten bits of a history row's number are its place in the transaction.</summary>
    public const int TransactionOperations = 1 << 10;

    /// <summary>So that one transaction can neither exhaust memory nor hold up the writer for long.</summary>
    public const int TransactionBytes = 16 * 1024 * 1024;

    /// <summary>
    /// Events that a busy watcher lets pile up before it is fed from history: about what 64 writers make in 100 ms.
    /// </summary>
    public const int WatchBacklogEvents = 4096;

    /// <summary>Values that a busy watcher's waiting events may hold. Watchers share the bytes, so this bounds each alone.</summary>
    public const long WatchBacklogBytes = 16 * 1024 * 1024;

    /// <summary>Events after which a batch read from history ends, at the next end of a transaction.</summary>
    internal const int HistoryPageEvents = 512;

    /// <summary>Bytes of values after which a batch read from history ends, at the next end of a transaction.</summary>
    internal const long HistoryPageBytes = 4 * 1024 * 1024;

    internal static void CheckValue(string key, int length)
    {
        if (length > ValueBytes) throw new ValueTooLargeException(key, length, ValueBytes);
    }

    internal static void Check(IReadOnlyList<StoreOperation> operations)
    {
        if (operations.Count == 0) throw new ArgumentException("a transaction needs an operation", nameof(operations));
        if (operations.Count == 1) return;
        if (operations.Count > TransactionOperations)
            throw new ArgumentException($"a transaction takes at most {TransactionOperations} operations, not {operations.Count}", nameof(operations));

        var keys = new HashSet<string>(operations.Count, StringComparer.Ordinal);
        long bytes = 0;
        foreach (var operation in operations)
        {
            if (!keys.Add(operation.Key)) throw new ArgumentException($"a transaction names {operation.Key} twice", nameof(operations));
            bytes += operation.Value?.Length ?? 0;
        }

        if (bytes > TransactionBytes) throw new ValueTooLargeException(operations[0].Key, bytes, TransactionBytes);
    }
}
