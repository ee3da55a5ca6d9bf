namespace Berth.Client.Events;

/// <summary>The entries that came last, up to a number; the oldest are forgotten first. Not thread-safe.</summary>
internal sealed class Recent<T>(int max)
    where T : class
{
    private readonly Dictionary<UInt128, T> _entries = [];
    private readonly Queue<UInt128> _order = new();

    public int Count => _entries.Count;

    /// <summary>Null when there is none, or it was forgotten.</summary>
    public T? Find(UInt128 key) => _entries.GetValueOrDefault(key);

    public void Set(UInt128 key, T value)
    {
        if (!_entries.TryAdd(key, value))
        {
            _entries[key] = value;
            return;
        }

        _order.Enqueue(key);
        while (_order.Count > max)
            _entries.Remove(_order.Dequeue());
    }
}
