using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.FlowControl;

/// <summary>
/// Whether there is room for a request: (1) the flow schemas say which flow it belongs to and which priority level that has,
/// (2) the level gives it a seat, lets it wait in the queue of its flow, or refuses it with 429. Thread-safe.
/// </summary>
public sealed class FlowGate(IObjectReader objects, TimeProvider time)
{
    // As many as kube-apiserver works on at once by default: 400 reads and 200 writes.
    public const int Seats = 600;

    // A quarter of the time that a request may take: after that its client has little left of it.
    private static readonly TimeSpan s_waitMax = TimeSpan.FromSeconds(15);

    // By then a burst is over.
    private const int RetryAfterSeconds = 1;

    private readonly Lock _rebuilding = new();
    private volatile FlowRules? _rules;
    private int _reads;
    private int _writes;

    public int Reads => Volatile.Read(ref _reads);

    public int Writes => Volatile.Read(ref _writes);

    /// <summary>The levels and their seats, for metrics.</summary>
    internal SeatPool Pool { get; } = new(Seats);

    /// <summary>Waits for a seat as long as the request's level allows.</summary>
    /// <exception cref="ApiStatusException">429: there is no room.</exception>
    internal async ValueTask<Entry> EnterAsync(RequestInfo request, UserInfo user, CancellationToken cancellation)
    {
        // Streams belong to their client for as long as it likes; only the first moment of a watch is work.
        if (request is { IsLongRunning: true, Verb: not "watch" })
            return default;

        // (1)
        var flow = Rules().Classify(request, user);

        // (2)
        var seat = Pool.Enter(flow.Level, flow.Schema.Counts, flow.Hash);
        if (seat.Waiting is { } granted)
            await WaitAsync(granted, seat, cancellation).ConfigureAwait(false);
        if (seat.Refused is not null)
            throw ApiStatusException.TooManyRequests("Too many requests, please try again later.", RetryAfterSeconds);
        if (request.Verb == "watch")
        {
            Pool.Leave(seat);
            return new Entry(null, null, flow, false);
        }

        Interlocked.Increment(ref request.IsReadOnly ? ref _reads : ref _writes);
        return new Entry(this, seat, flow, request.IsReadOnly);
    }

    private async Task WaitAsync(Task granted, SeatPool.Seat seat, CancellationToken cancellation)
    {
        try
        {
            await granted.WaitAsync(s_waitMax, time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Pool.GiveUp(seat);
        }
        catch (OperationCanceledException)
        {
            if (!Pool.GiveUp(seat))
                Pool.Leave(seat);
            throw;
        }
    }

    private FlowRules Rules()
    {
        var rules = _rules;
        if (rules is not null && rules.IsFresh(objects))
            return rules;
        lock (_rebuilding)
        {
            if (_rules is null || !_rules.IsFresh(objects))
                _rules = FlowRules.Build(objects, Pool, _rules);
            return _rules;
        }
    }

    /// <summary>One request's place; given back when disposed.</summary>
    internal readonly struct Entry : IDisposable
    {
        private readonly FlowGate? _owner;
        private readonly SeatPool.Seat? _seat;
        private readonly bool _isRead;

        public Entry(FlowGate? owner, SeatPool.Seat? seat, Flow flow, bool isRead)
        {
            _owner = owner;
            _seat = seat;
            _isRead = isRead;
            SchemaUid = flow.Schema.Uid;
            LevelUid = flow.LevelUid;
        }

        /// <summary>Null for requests that no schema is asked about.</summary>
        public string? SchemaUid { get; }

        public string? LevelUid { get; }

        public void Dispose()
        {
            if (_owner is null)
                return;
            Interlocked.Decrement(ref _isRead ? ref _owner._reads : ref _owner._writes);
            _owner.Pool.Leave(_seat!);
        }
    }
}
