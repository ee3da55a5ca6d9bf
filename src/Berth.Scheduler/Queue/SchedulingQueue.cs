using Berth.Api.Core.V1;
using Berth.Scheduler.Cycle;

namespace Berth.Scheduler.Queue;

/// <summary>
/// Pods that wait for a place, in three rooms: active (to be tried now, by priority, then age), back-off (tried in vain not
/// long ago) and unschedulable (waiting for something in the cluster to change).
/// </summary>
/// <remarks>
/// What happens (<see cref="Tell"/>) brings those unschedulable pods to back-off or active whose refusers say that it may
/// help. What happens while a pod is in its cycle counts for that pod too. When nothing is active, pods whose back-off has
/// not ended are tried all the same, unless an error put them there. As a safety net, pods leave the unschedulable room after
/// <see cref="UnschedulableMax"/> whatever happens. Thread-safe.
/// </remarks>
public sealed class SchedulingQueue : IDisposable
{
    private static readonly TimeSpan s_backoffFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_backoffMax = TimeSpan.FromSeconds(10);

    // What happened during the cycles under way. Past this a pod whose cycle is that old is tried again whatever happened.
    private const int HappenedMax = 4096;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _available = new(0);
    private readonly PriorityQueue<string, (int, DateTimeOffset, string)> _active = new();
    private readonly Dictionary<string, QueuedPod> _pods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inActive = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inCycle = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedInCycle = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, BackedOff> _backoff = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _unschedulable = new(StringComparer.Ordinal);
    private readonly Queue<ClusterEvent> _happened = new();
    private readonly ITimer _timer;
    private long _marks;

    public SchedulingQueue(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((SchedulingQueue)state!).Release(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>As kube-scheduler: nothing waits longer than this for a change that was missed.</summary>
    public static TimeSpan UnschedulableMax { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Number of pods in the active, back-off and unschedulable rooms.</summary>
    public (int Active, int Backoff, int Unschedulable) Depth
    {
        get
        {
            lock (_gate)
                return (_inActive.Count, _backoff.Count, _unschedulable.Count);
        }
    }

    /// <summary>All waiting pods, in no order.</summary>
    public IReadOnlyList<QueuedPod> Waiting()
    {
        lock (_gate)
            return [.. _pods.Values];
    }

    /// <summary>Adds a pod, or its new version. A change of the pod itself may help it.</summary>
    public void Set(Pod pod)
    {
        lock (_gate)
        {
            var uid = pod.Metadata.Uid;
            if (!_pods.TryGetValue(uid, out var known))
            {
                _pods.Add(uid, new QueuedPod(pod, _time.GetUtcNow(), 0));
                Activate(uid);
                return;
            }

            _pods[uid] = known with { Pod = pod };
            // A write of the status, ours above all, helps nothing, unless it names a claim that was made for the pod.
            if (known.Pod.Spec == pod.Spec && known.Pod.Metadata.Labels.Equals(pod.Metadata.Labels)
                && known.Pod.Status.ResourceClaimStatuses.Equals(pod.Status.ResourceClaimStatuses))
                return;
            if (_inCycle.Contains(uid))
                _changedInCycle.Add(uid);
            else if (_unschedulable.ContainsKey(uid) && MayHelp(_pods[uid], new ClusterEvent.SelfChanged(known.Pod, pod)))
                Move(uid);
        }
    }

    public void Remove(string uid)
    {
        lock (_gate)
        {
            _pods.Remove(uid);
            _backoff.Remove(uid);
            _unschedulable.Remove(uid);
            _gated.Remove(uid);
            // Its entry in the heap is passed over when it comes up.
            _inActive.Remove(uid);
        }
    }

    /// <summary>The next pod to try, and a mark for <see cref="Fail"/>.</summary>
    public async Task<(QueuedPod Pod, long Mark)> TakeAsync(CancellationToken ct)
    {
        while (true)
        {
            await _available.WaitAsync(ct).ConfigureAwait(false);
            lock (_gate)
            {
                if (Next() is { } pod)
                {
                    _inCycle.Add(pod.Uid);
                    return (pod, _marks);
                }
            }
        }
    }

    /// <summary>The pod has a place: it is forgotten.</summary>
    public void Succeed(string uid)
    {
        lock (_gate)
        {
            EndCycle(uid);
            _pods.Remove(uid);
        }
    }

    /// <summary>The pod's cycle found no place: it waits for what its refusers say may help.</summary>
    public void Fail(QueuedPod pod, long mark, IReadOnlyList<IFilterPlugin> refusers)
    {
        lock (_gate)
        {
            var missed = _marks - mark;
            var happened = missed > _happened.Count ? null : _happened.Skip(_happened.Count - (int)missed).ToList();
            var changed = _changedInCycle.Contains(pod.Uid);
            EndCycle(pod.Uid);
            if (!_pods.TryGetValue(pod.Uid, out var known))
                return;
            known = known with { Attempts = known.Attempts + 1, LastTried = _time.GetUtcNow(), Refusers = refusers };
            _pods[pod.Uid] = known;
            if (!_gated.Contains(pod.Uid) && (changed || happened is null || happened.Exists(e => MayHelp(known, e))))
                Move(pod.Uid);
            else
                _unschedulable[pod.Uid] = _time.GetUtcNow() + UnschedulableMax;
            Arm();
        }
    }

    /// <summary>The pod's cycle or binding met an error: it is tried again after its back-off.</summary>
    public void Retry(QueuedPod pod)
    {
        lock (_gate)
        {
            EndCycle(pod.Uid);
            if (!_pods.TryGetValue(pod.Uid, out var known))
                return;
            known = known with { Attempts = known.Attempts + 1, LastTried = _time.GetUtcNow(), Refusers = [] };
            _pods[pod.Uid] = known;
            BackOff(known, error: true);
            Arm();
        }
    }

    /// <summary>Keeps a pod out of the active room until <see cref="Ungate"/>: its victims are being ended.</summary>
    public void Gate(string uid)
    {
        lock (_gate)
            _gated.Add(uid);
    }

    /// <param name="again">True to try the pod at once; otherwise it waits on for what helps it.</param>
    public void Ungate(string uid, bool again)
    {
        lock (_gate)
        {
            _gated.Remove(uid);
            if (again && _unschedulable.ContainsKey(uid))
                Move(uid);
            Arm();
        }
    }

    /// <summary>Something happened that may help waiting pods.</summary>
    public void Tell(ClusterEvent change)
    {
        lock (_gate)
        {
            if (_inCycle.Count > 0)
            {
                _marks++;
                _happened.Enqueue(change);
                if (_happened.Count > HappenedMax)
                    _happened.Dequeue();
            }

            if (_unschedulable.Count == 0)
                return;
            foreach (var uid in _unschedulable.Keys.ToList())
            {
                if (!_gated.Contains(uid) && MayHelp(_pods[uid], change))
                    Move(uid);
            }

            Arm();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _available.Dispose();
    }

    private static bool MayHelp(QueuedPod pod, ClusterEvent change)
    {
        if (pod.Refusers.Count == 0)
            return true;
        foreach (var refuser in pod.Refusers)
        {
            try
            {
                if (refuser.MayHelp(pod.Pod, change))
                    return true;
            }
            catch (FormatException)
            {
                // A selector that cannot be read: trying again will say so.
                return true;
            }
        }

        return false;
    }

    private QueuedPod? Next()
    {
        while (_active.TryDequeue(out var uid, out _))
        {
            if (_inActive.Remove(uid) && _pods.TryGetValue(uid, out var pod))
                return pod;
        }

        var first = default(KeyValuePair<string, BackedOff>);
        foreach (var entry in _backoff)
        {
            if (!entry.Value.Error && (first.Key is null || entry.Value.Due < first.Value.Due))
                first = entry;
        }

        return first.Key is not null && _backoff.Remove(first.Key) ? _pods.GetValueOrDefault(first.Key) : null;
    }

    private void EndCycle(string uid)
    {
        _inCycle.Remove(uid);
        _changedInCycle.Remove(uid);
        if (_inCycle.Count == 0)
            _happened.Clear();
    }

    private void Activate(string uid)
    {
        if (_inCycle.Contains(uid) || !_inActive.Add(uid))
            return;
        var pod = _pods[uid];
        _active.Enqueue(uid, (-pod.Priority, pod.Added, uid));
        _available.Release();
    }

    private void Move(string uid)
    {
        _unschedulable.Remove(uid);
        BackOff(_pods[uid], error: false);
    }

    // The wait runs from the last try: a pod that waited long for a change is tried at once.
    private void BackOff(QueuedPod pod, bool error)
    {
        var attempts = Math.Max(pod.Attempts - 1, 0);
        var wait = TimeSpan.FromTicks(Math.Min(s_backoffFirst.Ticks << Math.Min(attempts, 10), s_backoffMax.Ticks));
        var due = pod.LastTried + wait;
        if (due <= _time.GetUtcNow())
        {
            Activate(pod.Uid);
            return;
        }

        _backoff[pod.Uid] = new(due, error);
        if (!error)
            _available.Release();
    }

    private void Release()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            foreach (var (uid, entry) in _backoff.ToList())
            {
                if (entry.Due <= now && _backoff.Remove(uid))
                    Activate(uid);
            }

            foreach (var (uid, due) in _unschedulable.ToList())
            {
                if (due <= now && !_gated.Contains(uid) && _unschedulable.Remove(uid))
                    Activate(uid);
            }

            Arm();
        }
    }

    private void Arm()
    {
        var next = DateTimeOffset.MaxValue;
        foreach (var entry in _backoff.Values)
            next = entry.Due < next ? entry.Due : next;
        foreach (var due in _unschedulable.Values)
            next = due < next ? due : next;
        if (next == DateTimeOffset.MaxValue)
            return;
        var wait = next - _time.GetUtcNow();
        // A gated pod may be past due: look again a little later, not at once.
        _timer.Change(wait > TimeSpan.Zero ? wait : s_backoffFirst, Timeout.InfiniteTimeSpan);
    }

    private readonly record struct BackedOff(DateTimeOffset Due, bool Error);
}
