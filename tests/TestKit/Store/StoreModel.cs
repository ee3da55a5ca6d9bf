using Berth.Store;

namespace Berth.TestKit.Store;

/// <summary>
/// A store as simple as can be, to compare real ones with: every state it ever had, whole, and every event.
/// </summary>
internal sealed class StoreModel
{
    private readonly List<SortedDictionary<string, StoreEntry>> _states = [new(StoreKey.Order)];

    public List<StoreEvent> Events { get; } = [];

    public Revision Current => new(_states.Count - 1);

    public Revision Floor { get; set; }

    public StoreEntry? Get(string key, Revision at) => _states[(int)at.Value].GetValueOrDefault(key);

    public StorePage List(string prefix, string? startAfter, int limit, Revision at)
    {
        var all = _states[(int)at.Value].Values
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Where(entry => startAfter is null || StoreKey.Compare(entry.Key, startAfter) > 0)
            .ToList();
        var count = limit == 0 ? all.Count : Math.Min(limit, all.Count);
        return new StorePage(all[..count], at, count < all.Count, all.Count - count);
    }

    public StoreOutcome Commit(StoreTransaction transaction)
    {
        var state = new SortedDictionary<string, StoreEntry>(_states[^1], StoreKey.Order);
        var next = Current.Next;
        var events = new List<StoreEvent>();
        foreach (var operation in transaction.Operations)
        {
            var before = state.GetValueOrDefault(operation.Key);
            if (operation.Expected is { } expected && expected != (before?.ModRevision ?? Revision.None))
                return new StoreOutcome.Conflict(operation.Key, before);
        }

        foreach (var operation in transaction.Operations)
        {
            var before = state.GetValueOrDefault(operation.Key);
            if (operation.Value is { } value)
            {
                var created = before?.CreateRevision ?? next;
                state[operation.Key] = new StoreEntry(operation.Key, value, created, next);
                events.Add(new StoreEvent(StoreEventType.Put, operation.Key, value, before?.Value, next, created));
            }
            else if (before is not null)
            {
                state.Remove(operation.Key);
                events.Add(new StoreEvent(StoreEventType.Delete, operation.Key, default, before.Value, next, before.CreateRevision));
            }
        }

        if (events.Count > 0)
        {
            _states.Add(state);
            Events.AddRange(events);
        }

        return new StoreOutcome.Committed(Current);
    }
}
