using System.Threading.Channels;

namespace Berth.Client.Work;

/// <summary>
/// Keys waiting to be reconciled. A key is in the queue at most once, and never with two workers at a time: one that is
/// added while it is being worked on comes back when <see cref="Done"/> is called. Bounded by the number of keys there are.
/// </summary>
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private readonly TimeProvider _time;
    private readonly RetryBackoff _backoff;
    private readonly Lock _gate = new();
    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly HashSet<TKey> _waiting = [];
    private readonly HashSet<TKey> _working = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly PriorityQueue<TKey, DateTimeOffset> _later = new();
    private readonly Dictionary<TKey, DateTimeOffset> _due = [];
    private readonly ITimer _timer;
    private bool _closed;

    public WorkQueue(TimeProvider? time = null, RetryBackoff? backoff = null)
    {
        _time = time ?? TimeProvider.System;
        _backoff = backoff ?? RetryBackoff.Default;
        _timer = _time.CreateTimer(static state => ((WorkQueue<TKey>)state!).Release(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that could be taken now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    public void Add(TKey key)
    {
        lock (_gate)
            AddLocked(key);
    }

    /// <summary>Adds the key after a time; the earliest time asked for wins.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key);
                return;
            }

            var due = _time.GetUtcNow() + delay;
            if (_due.TryGetValue(key, out var earlier) && earlier <= due)
                return;
            _due[key] = due;
            _later.Enqueue(key, due);
            Arm();
        }
    }

    /// <summary>Adds a key that failed, later each time it fails in a row.</summary>
    public void AddRateLimited(TKey key)
    {
        int failures;
        lock (_gate)
        {
            failures = _failures.GetValueOrDefault(key);
            _failures[key] = failures + 1;
        }

        AddAfter(key, _backoff.Delay(failures));
    }

    /// <summary>How often the key has failed in a row.</summary>
    public int Failures(TKey key)
    {
        lock (_gate)
            return _failures.GetValueOrDefault(key);
    }

    /// <summary>The key succeeded: its next failure counts as the first.</summary>
    public void Forget(TKey key)
    {
        lock (_gate)
            _failures.Remove(key);
    }

    /// <summary>The next key. Each key taken must be given to <see cref="Done"/>.</summary>
    /// <exception cref="ChannelClosedException">The queue was shut down.</exception>
    public async ValueTask<TKey> GetAsync(CancellationToken ct)
    {
        var key = await _ready.Reader.ReadAsync(ct).ConfigureAwait(false);
        lock (_gate)
        {
            _waiting.Remove(key);
            _working.Add(key);
        }

        return key;
    }

    public void Done(TKey key)
    {
        lock (_gate)
        {
            if (_working.Remove(key) && _waiting.Contains(key))
                _ready.Writer.TryWrite(key);
        }
    }

    /// <summary>Takes no more keys; those that are ready can still be taken.</summary>
    public void ShutDown()
    {
        lock (_gate)
        {
            _closed = true;
            _ready.Writer.TryComplete();
        }
    }

    public void Dispose()
    {
        ShutDown();
        _timer.Dispose();
    }

    private void AddLocked(TKey key)
    {
        if (!_closed && _waiting.Add(key) && !_working.Contains(key))
            _ready.Writer.TryWrite(key);
    }

    private void Release()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_later.TryPeek(out var key, out var due) && due <= now)
            {
                _later.Dequeue();
                // An entry whose time was moved forward is stale: the earlier one has been released.
                if (_due.TryGetValue(key, out var current) && current == due)
                {
                    _due.Remove(key);
                    AddLocked(key);
                }
            }

            Arm();
        }
    }

    private void Arm()
    {
        if (_closed || !_later.TryPeek(out _, out var due))
            return;
        var wait = due - _time.GetUtcNow();
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
