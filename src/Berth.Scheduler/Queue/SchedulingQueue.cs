using Berth.Api.Core.V1;

namespace Berth.Scheduler.Queue;

/// <summary>
/// Pods that wait for a place, in three rooms: active (to be tried now, by priority, then age), back-off (tried in vain not
/// long ago) and unschedulable (waiting for something in the cluster to change).
/// </summary>
/// <remarks>
/// A change that may help (<see cref="MoveAll"/>) brings unschedulable pods to back-off or active. What changes while a pod
/// is in its cycle counts for that pod too: it goes to back-off instead of unschedulable. As a safety net, pods leave the
/// unschedulable room after <see cref="UnschedulableMax"/> whatever happens. Thread-safe.
/// </remarks>
public sealed class SchedulingQueue : IDisposable
{
    private static readonly TimeSpan s_backoffFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_backoffMax = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _available = new(0);
    private readonly PriorityQueue<string, (int, DateTimeOffset, string)> _active = new();
    private readonly Dictionary<string, QueuedPod> _pods = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inActive = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inCycle = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _backoff = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _unschedulable = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private long _moves;

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

    /// <summary>Adds a pod, or its new version. A change of the pod itself may help it, so it is tried again.</summary>
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
            // A write of the status, ours above all, helps nothing.
            if (_unschedulable.ContainsKey(uid) && (known.Pod.Spec != pod.Spec || !known.Pod.Metadata.Labels.Equals(pod.Metadata.Labels)))
            {
                _unschedulable.Remove(uid);
                Activate(uid);
            }
        }
    }

    public void Remove(string uid)
    {
        lock (_gate)
        {
            _pods.Remove(uid);
            _backoff.Remove(uid);
            _unschedulable.Remove(uid);
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
                if (_active.TryDequeue(out var uid, out _) && _inActive.Remove(uid) && _pods.TryGetValue(uid, out var pod))
                {
                    _inCycle.Add(uid);
                    return (pod, _moves);
                }
            }
        }
    }

    /// <summary>The pod has a place: it is forgotten.</summary>
    public void Succeed(string uid)
    {
        lock (_gate)
        {
            _inCycle.Remove(uid);
            _pods.Remove(uid);
        }
    }

    /// <summary>No place was found, or binding failed.</summary>
    /// <param name="retry">True when the next try does not depend on a change in the cluster (an error, not a refusal).</param>
    public void Fail(QueuedPod pod, long mark, bool retry)
    {
        lock (_gate)
        {
            _inCycle.Remove(pod.Uid);
            if (!_pods.TryGetValue(pod.Uid, out var known))
                return;
            _pods[pod.Uid] = known with { Attempts = known.Attempts + 1 };
            if (retry || mark != _moves)
                BackOff(pod.Uid);
            else
                _unschedulable[pod.Uid] = _time.GetUtcNow() + UnschedulableMax;
            Arm();
        }
    }

    /// <summary>Something changed in the cluster that may help the pods for which <paramref name="helps"/> holds.</summary>
    public void MoveAll(Func<Pod, bool>? helps = null)
    {
        lock (_gate)
        {
            _moves++;
            foreach (var uid in _unschedulable.Keys.ToList())
            {
                if (helps is not null && !helps(_pods[uid].Pod))
                    continue;
                _unschedulable.Remove(uid);
                BackOff(uid);
            }

            Arm();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _available.Dispose();
    }

    private void Activate(string uid)
    {
        if (_inCycle.Contains(uid) || !_inActive.Add(uid))
            return;
        var pod = _pods[uid];
        _active.Enqueue(uid, (-pod.Priority, pod.Added, uid));
        _available.Release();
    }

    // The wait runs from the last try: a pod that waited long for a change is tried at once.
    private void BackOff(string uid)
    {
        var attempts = Math.Max(_pods[uid].Attempts - 1, 0);
        var wait = TimeSpan.FromTicks(Math.Min(s_backoffFirst.Ticks << Math.Min(attempts, 10), s_backoffMax.Ticks));
        _backoff.TryAdd(uid, _time.GetUtcNow() + wait);
    }

    private void Release()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            foreach (var room in new[] { _backoff, _unschedulable })
            {
                foreach (var (uid, due) in room.ToList())
                {
                    if (due > now)
                        continue;
                    room.Remove(uid);
                    Activate(uid);
                }
            }

            Arm();
        }
    }

    private void Arm()
    {
        var next = DateTimeOffset.MaxValue;
        foreach (var due in _backoff.Values)
            next = due < next ? due : next;
        foreach (var due in _unschedulable.Values)
            next = due < next ? due : next;
        if (next == DateTimeOffset.MaxValue)
            return;
        var wait = next - _time.GetUtcNow();
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
