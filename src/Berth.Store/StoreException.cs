namespace Berth.Store;

/// <summary>The closed set of reasons for which a store does not answer; each is one sealed type below.</summary>
public abstract class StoreException : Exception
{
    private protected StoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A read or watch asked for history that compaction has removed.</summary>
public sealed class CompactedException(Revision requested, Revision floor)
    : StoreException($"revision {requested} has been compacted; the oldest one kept is {floor}")
{
    public Revision Requested { get; } = requested;

    public Revision Floor { get; } = floor;
}

/// <summary>A read or compaction asked for a revision that the store has not reached.</summary>
public sealed class FutureRevisionException(Revision requested, Revision current)
    : StoreException($"revision {requested} has not been reached; the store is at {current}")
{
    public Revision Requested { get; } = requested;

    public Revision Current { get; } = current;
}

/// <summary>A value is larger than <see cref="StoreLimits.ValueBytes"/>.</summary>
public sealed class ValueTooLargeException(string key, long bytes, long limit)
    : StoreException($"the value of {key} has {bytes} bytes; the store takes at most {limit}")
{
    public string Key { get; } = key;

    public long Bytes { get; } = bytes;

    public long Limit { get; } = limit;
}

/// <summary>There is no space for the write. It can be tried again when there is.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The store is closed, or its medium fails.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The store cannot be opened: held by another process, not a store, damaged, or of a newer version.</summary>
public sealed class StoreOpenException(string message, Exception? inner = null) : StoreException(message, inner);
