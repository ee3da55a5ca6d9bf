using System.Threading.Channels;

namespace Berth.Store.Feed;

/// <summary>
/// What waits for one watcher. The writer offers, the watcher takes; both hold the lock only to move references. It is
/// either live (the backlog continues what was taken last) or lagging (the backlog was thrown away, and history has to be
/// read first).
/// </summary>
internal sealed class Subscription(string prefix)
{
    private readonly Lock _lock = new();

    // One slot is a level: "there is something to take". Continuations run on the pool, never on the writer's thread.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private List<StoreEvent> _backlog = [];
    private long _backlogBytes;
    private Revision _from;
    private Revision _through;
    private bool _live;

    /// <summary>Starts a live phase: what is offered from now on continues at <paramref name="from"/>.</summary>
    public void GoLive(Revision from)
    {
        lock (_lock)
        {
            _backlog = [];
            _backlogBytes = 0;
            _from = from;
            _through = from;
            _live = true;
        }
    }

    public void Offer(IReadOnlyList<StoreEvent> events, Revision through)
    {
        lock (_lock)
        {
            if (!_live) return;
            foreach (var change in events)
            {
                if (change.Revision <= _from || !change.Key.StartsWith(prefix, StringComparison.Ordinal)) continue;
                _backlog.Add(change);
                _backlogBytes += change.Value.Length + (change.PreviousValue?.Length ?? 0);
            }

            if (_backlog.Count > StoreLimits.WatchBacklogEvents || _backlogBytes > StoreLimits.WatchBacklogBytes)
            {
                _backlog = [];
                _live = false;
            }
            else if (through > _through)
            {
                _through = through;
            }
            else
            {
                return;
            }
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Waits for the next batch; null when the watcher lags and must read history.</summary>
    public async ValueTask<WatchBatch?> TakeAsync(CancellationToken cancellation)
    {
        while (true)
        {
            lock (_lock)
            {
                if (!_live) return null;
                if (_through > _from)
                {
                    var batch = new WatchBatch(_backlog, _through);
                    _backlog = [];
                    _backlogBytes = 0;
                    _from = _through;
                    return batch;
                }
            }

            if (!await _signal.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false))
                throw new StoreUnavailableException("the store has been closed");
            _signal.Reader.TryRead(out _);
        }
    }

    public void Close() => _signal.Writer.TryComplete();
}
