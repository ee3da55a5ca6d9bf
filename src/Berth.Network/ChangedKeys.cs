using Berth.Api;

namespace Berth.Network;

/// <summary>
/// The Services that changed since the last look: informers' handlers add, one loop waits and takes all of them together, so that a burst of
/// changes costs one update. Bounded by the number of Services.
/// </summary>
internal sealed class ChangedKeys
{
    private readonly Lock _lock = new();
    // Not disposed of: without a wait handle it holds nothing, and a handler of a shared informer may still come after the owner has ended.
    private readonly SemaphoreSlim _signal = new(0, 1);
    private HashSet<ObjectKey> _keys = [];

    public void Add(ObjectKey key)
    {
        lock (_lock)
            _keys.Add(key);
        Wake();
    }

    /// <summary>Ends a wait although no key changed.</summary>
    public void Wake()
    {
        lock (_lock)
        {
            if (_signal.CurrentCount == 0)
                _signal.Release();
        }
    }

    /// <returns>False when nothing happened until the time-out.</returns>
    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken cancellation) => _signal.WaitAsync(timeout, cancellation);

    public IReadOnlyCollection<ObjectKey> Take()
    {
        lock (_lock)
        {
            var taken = _keys;
            _keys = [];
            return taken;
        }
    }
}
