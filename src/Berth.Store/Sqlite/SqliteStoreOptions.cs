namespace Berth.Store.Sqlite;

/// <summary>Where a <see cref="SqliteStore"/> lives and how large it may grow.</summary>
public sealed record SqliteStoreOptions
{
    /// <summary>Created when missing, readable by its owner alone. One store has it at a time.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// Bytes after which writes are refused with <see cref="StoreFullException"/>; compaction makes room. Null: when the
    /// disk is full.
    /// </summary>
    public long? MaxBytes { get; init; }
}
