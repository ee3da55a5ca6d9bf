using Berth.Api.FlowControl.V1;

namespace Berth.ApiServer.FlowControl;

/// <summary>
/// The seats of the server, shared by the priority levels. Each level has a nominal number by its shares, a part of which it
/// lends, and always gets the rest at once. Beyond that it takes what nobody has reserved:
/// <c>sum over levels of max(in use, not lendable) &lt;= all seats</c> holds at all times. A seat that comes free goes to the
/// waiting level that uses least of its nominal seats, so that who lent gets back before who borrows gets more. One lock: what is
/// done under it takes less than a microsecond.
/// </summary>
internal sealed class SeatPool(int seats)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Level> _levels = new(StringComparer.Ordinal);
    private int _waiting;

    /// <summary>Takes over how the levels are configured; who has a seat keeps it.</summary>
    /// <param name="schemas">Names of the flow schemas that there are; what others did is forgotten.</param>
    public IReadOnlyDictionary<string, Level> Configure(IEnumerable<PriorityLevelConfiguration> configurations, IReadOnlySet<string> schemas)
    {
        lock (_lock)
        {
            var wanted = configurations.ToDictionary(c => c.Metadata.Name, StringComparer.Ordinal);
            var shares = wanted.Values.Sum(Shares);
            foreach (var (name, configuration) in wanted)
            {
                if (!_levels.TryGetValue(name, out var level))
                    _levels[name] = level = new Level(name);
                level.Configure(configuration, shares == 0 ? 0 : (int)Math.Ceiling((double)seats * Shares(configuration) / shares));
            }

            foreach (var level in _levels.Values)
                level.ForgetFlows(schemas);

            // Levels that are gone let those in that wait, and are forgotten when the last one has left.
            foreach (var level in _levels.Values.Where(l => !wanted.ContainsKey(l.Name)).ToList())
            {
                level.Retire();
                if (level is { InUse: 0, Waiting: 0 })
                    _levels.Remove(level.Name);
            }

            Dispatch();
            return wanted.Keys.ToDictionary(n => n, n => _levels[n], StringComparer.Ordinal);
        }
    }

    /// <summary>A seat, a place in a queue (<see cref="Seat.Waiting"/>), or a refusal (<see cref="Seat.Refused"/>).</summary>
    /// <param name="flow">Hash of the flow.</param>
    public Seat Enter(Level level, FlowCounts counts, ulong flow)
    {
        lock (_lock)
        {
            var seat = new Seat(level, counts, level.QueueOf(flow));
            if (level.IsExempt || (level.Waiting == 0 && CanTake(level)))
            {
                Take(seat);
                return seat;
            }

            level.Know(counts);
            if (seat.Queue is null)
            {
                counts.RefusedForNoSeat++;
                seat.Refused = "concurrency-limit";
            }
            else if (seat.Queue.Waiting.Count >= level.QueueLengthMax)
            {
                counts.RefusedForQueueFull++;
                seat.Refused = "queue-full";
                level.Forget(seat.Queue);
            }
            else
            {
                seat.Enqueue();
                _waiting++;
            }

            return seat;
        }
    }

    public void Leave(Seat seat)
    {
        lock (_lock)
        {
            seat.Level.InUse--;
            seat.Counts.Executing--;
            seat.Level.Release(seat.Queue);
            if (_waiting > 0)
                Dispatch();
        }
    }

    /// <summary>Ends the waiting. False when a seat was given in the meantime, which the caller now has.</summary>
    public bool GiveUp(Seat seat)
    {
        lock (_lock)
        {
            if (!seat.Withdraw())
                return false;
            _waiting--;
            seat.Counts.RefusedForTime++;
            seat.Refused = "time-out";
            return true;
        }
    }

    /// <summary>Calls back for each level under the lock; for metrics.</summary>
    public void Read(Action<Level, IReadOnlyCollection<FlowCounts>> see)
    {
        lock (_lock)
        {
            foreach (var level in _levels.Values.OrderBy(l => l.Name, StringComparer.Ordinal))
                see(level, level.Flows);
        }
    }

    private static int Shares(PriorityLevelConfiguration configuration) =>
        configuration.Spec.Limited?.NominalConcurrencyShares ?? configuration.Spec.Exempt?.NominalConcurrencyShares ?? 0;

    private bool CanTake(Level level)
    {
        if (level.InUse < level.Least || level.IsRetired)
            return true;
        if (level.InUse >= level.Most)
            return false;
        var reserved = 0;
        foreach (var other in _levels.Values)
            reserved += other.IsExempt ? other.Least : Math.Max(other.InUse, other.Least);
        return reserved < Math.Max(seats, Total());
    }

    // Rounding up makes the levels' seats a few more than there are.
    private int Total()
    {
        var total = 0;
        foreach (var level in _levels.Values)
            total += level.Nominal;
        return total;
    }

    private void Dispatch()
    {
        while (_waiting > 0 && Neediest() is { } level)
        {
            var seat = level.Next();
            _waiting--;
            Take(seat);
            seat.Grant();
        }
    }

    private Level? Neediest()
    {
        Level? best = null;
        foreach (var level in _levels.Values)
        {
            if (level.Waiting > 0 && CanTake(level) && (best is null || (long)level.InUse * Math.Max(best.Nominal, 1) < (long)best.InUse * Math.Max(level.Nominal, 1)))
                best = level;
        }

        return best;
    }

    private static void Take(Seat seat)
    {
        seat.Level.InUse++;
        seat.Counts.Executing++;
        seat.Counts.Dispatched++;
        seat.Level.Know(seat.Counts);
        if (seat.Queue is { } queue)
            seat.Level.Serve(queue);
    }

    /// <summary>One request's seat, or its place in a queue. Changed under the pool's lock alone.</summary>
    internal sealed class Seat(Level level, FlowCounts counts, Queue? queue)
    {
        private TaskCompletionSource? _granted;
        private LinkedListNode<Seat>? _place;

        public Level Level { get; } = level;

        public FlowCounts Counts { get; } = counts;

        /// <summary>Null for levels without queues.</summary>
        public Queue? Queue { get; } = queue;

        /// <summary>Ends when the seat is there; null when it was at once, or never will be.</summary>
        public Task? Waiting => _granted?.Task;

        /// <summary>Why there is no seat, in the words of the metrics; null when there is one.</summary>
        public string? Refused { get; set; }

        public void Enqueue()
        {
            _granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _place = Queue!.Waiting.AddLast(this);
            Level.Waiting++;
            Counts.Waiting++;
        }

        public bool Withdraw()
        {
            if (_place is null)
                return false;
            Queue!.Waiting.Remove(_place);
            _place = null;
            Level.Waiting--;
            Counts.Waiting--;
            Level.Forget(Queue);
            return true;
        }

        public void Grant() => _granted!.SetResult();

        internal void Dequeued()
        {
            _place = null;
            Level.Waiting--;
            Counts.Waiting--;
        }
    }

    /// <summary>One of a level's queues; there only while somebody waits in it or came through it and is not done.</summary>
    internal sealed class Queue(int number)
    {
        public int Number { get; } = number;

        public LinkedList<Seat> Waiting { get; } = [];

        public int Executing { get; set; }

        /// <summary>When it was last given a seat, counted in seats of its level.</summary>
        public long Served { get; set; }
    }

    /// <summary>A priority level. Changed under the pool's lock alone.</summary>
    internal sealed class Level(string name)
    {
        private readonly Dictionary<int, Queue> _queues = [];
        private readonly Dictionary<string, FlowCounts> _flows = new(StringComparer.Ordinal);
        private int _queueCount;
        private int _handSize;
        private long _served;

        public string Name { get; } = name;

        public bool IsExempt { get; private set; }

        /// <summary>Its configuration is gone: who waits is let in, nobody new comes.</summary>
        public bool IsRetired { get; private set; }

        /// <summary>Seats by its shares.</summary>
        public int Nominal { get; private set; }

        /// <summary>Seats that it does not lend.</summary>
        public int Least { get; private set; }

        /// <summary>Seats that it may have with all that it may borrow.</summary>
        public int Most { get; private set; }

        public int QueueLengthMax { get; private set; }

        public int InUse { get; set; }

        public int Waiting { get; set; }

        /// <summary>Schemas whose requests have come here.</summary>
        public IReadOnlyCollection<FlowCounts> Flows => _flows.Values;

        public void Configure(PriorityLevelConfiguration configuration, int nominal)
        {
            var limited = configuration.Spec.Limited;
            IsExempt = limited is null;
            IsRetired = false;
            Nominal = nominal;
            Least = nominal - Part(nominal, limited?.LendablePercent ?? configuration.Spec.Exempt?.LendablePercent ?? 0);
            Most = limited?.BorrowingLimitPercent is { } percent ? nominal + Part(nominal, percent) : int.MaxValue;
            var queuing = limited?.LimitResponse.Queuing;
            _queueCount = Math.Max(queuing?.Queues ?? 0, 0);
            _handSize = Math.Clamp(queuing?.HandSize ?? 0, Math.Min(1, _queueCount), Math.Min(_queueCount, ShardsMax));
            QueueLengthMax = queuing?.QueueLengthLimit ?? 0;
        }

        public void Retire()
        {
            IsExempt = false;
            IsRetired = true;
            Nominal = Least = 0;
            Most = int.MaxValue;
        }

        public void Know(FlowCounts counts) => _flows[counts.Schema] = counts;

        public void ForgetFlows(IReadOnlySet<string> schemas)
        {
            foreach (var flow in _flows.Values.Where(f => f is { Executing: 0, Waiting: 0 } && !schemas.Contains(f.Schema)).ToList())
                _flows.Remove(flow.Schema);
        }

        /// <summary>The queue for a flow: of its hand the one in which least is going on. Null for levels without queues.</summary>
        public Queue? QueueOf(ulong flow)
        {
            if (_queueCount == 0)
                return null;
            Span<int> hand = stackalloc int[_handSize];
            ShuffleSharding.Deal(flow, _queueCount, hand);
            var (best, load) = (hand[0], int.MaxValue);
            foreach (var number in hand)
            {
                var here = _queues.TryGetValue(number, out var queue) ? queue.Waiting.Count + queue.Executing : 0;
                if (here < load)
                    (best, load) = (number, here);
                if (load == 0)
                    break;
            }

            if (!_queues.TryGetValue(best, out var chosen))
                _queues[best] = chosen = new Queue(best);
            return chosen;
        }

        /// <summary>Who is next: from the queue that has fewest requests at work, and of several such the one that was not served for longest.</summary>
        public Seat Next()
        {
            Queue? best = null;
            foreach (var queue in _queues.Values)
            {
                if (queue.Waiting.Count > 0 && (best is null || IsBefore(queue, best)))
                    best = queue;
            }

            var seat = best!.Waiting.First!.Value;
            best.Waiting.RemoveFirst();
            seat.Dequeued();
            return seat;
        }

        public void Serve(Queue queue)
        {
            queue.Executing++;
            queue.Served = ++_served;
        }

        public void Release(Queue? queue)
        {
            if (queue is null)
                return;
            queue.Executing--;
            Forget(queue);
        }

        public void Forget(Queue queue)
        {
            if (queue is { Executing: 0, Waiting.Count: 0 })
                _queues.Remove(queue.Number);
        }

        private static bool IsBefore(Queue queue, Queue other) =>
            queue.Executing != other.Executing ? queue.Executing < other.Executing : queue.Served < other.Served;

        private static int Part(int of, int percent) => (int)Math.Round(of * percent / 100.0, MidpointRounding.AwayFromZero);

        // A larger hand makes flows share more queues, not fewer.
        private const int ShardsMax = 64;
    }
}
