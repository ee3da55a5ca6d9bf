namespace Berth.Store.Sqlite;

/// <summary>
/// Requests on their way to the writer's thread, which sleeps in <see cref="Wait"/> without spinning: with one writer the
/// disk is waited for most of the time, and a spinning thread would burn a core meanwhile.
/// </summary>
internal sealed class WriteQueue(int capacity)
{
    private readonly SemaphoreSlim _slots = new(capacity);

    // Also the monitor that the writer's thread sleeps on.
    private readonly Queue<WriteRequest> _requests = new();
    private bool _closed;

    /// <summary>Adds a request when there is a place for it.</summary>
    public async ValueTask AddAsync(WriteRequest request, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        lock (_requests)
        {
            if (!_closed)
            {
                _requests.Enqueue(request);
                if (_requests.Count == 1) Monitor.Pulse(_requests);
                return;
            }
        }

        _slots.Release();
        throw new StoreUnavailableException("the store has been closed");
    }

    public bool TryTake(out WriteRequest request)
    {
        bool taken;
        lock (_requests) taken = _requests.TryDequeue(out request!);
        if (taken) _slots.Release();
        return taken;
    }

    /// <summary>Sleeps until there is a request; false when there is none and will be none.</summary>
    public bool Wait()
    {
        lock (_requests)
        {
            while (_requests.Count == 0 && !_closed) Monitor.Wait(_requests);
            return _requests.Count > 0;
        }
    }

    /// <summary>Refuses requests from now on. Those already there remain to be taken.</summary>
    public void Close()
    {
        lock (_requests)
        {
            _closed = true;
            Monitor.Pulse(_requests);
        }
    }

    /// <summary>Whether all is taken and nothing will come.</summary>
    public bool IsFinished
    {
        get
        {
            lock (_requests) return _closed && _requests.Count == 0;
        }
    }
}
