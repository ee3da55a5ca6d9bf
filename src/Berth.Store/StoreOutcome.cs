namespace Berth.Store;

/// <summary>How a transaction ended: <see cref="Committed"/> or <see cref="Conflict"/>, nothing else.</summary>
public abstract record StoreOutcome
{
    private StoreOutcome()
    {
    }

    /// <summary>
    /// Everything happened at <paramref name="Revision"/> and is durable. A transaction that had nothing to change (it
    /// deleted only keys that did not exist) uses up no revision and reports the one before it.
    /// </summary>
    public sealed record Committed(Revision Revision) : StoreOutcome;

    /// <summary>Nothing happened: <paramref name="Key"/> was not at the expected revision.</summary>
    /// <param name="Key">The first operation's key whose condition did not hold.</param>
    /// <param name="Current">The key as it is; null when it does not exist.</param>
    public sealed record Conflict(string Key, StoreEntry? Current) : StoreOutcome;
}
