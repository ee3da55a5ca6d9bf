using System.Threading.Channels;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Node.Cri;
using Berth.Node.Lifecycle;
using Berth.Node.Probes;
using Berth.Node.Status;
using Berth.Node.Volumes;
using Microsoft.Extensions.Logging;

namespace Berth.Node.PodSync;

/// <summary>
/// One pod's actor. Flow of a round: (1) look at what the runtime has, (2) decide whether the pod has to end, (3) plan,
/// (4) tell the status, (5) do what the plan says. A round is run when the pod's object changes, when the runtime tells of
/// an event, when a probe's verdict changes, or when a time comes. Rounds never overlap. A round that fails is run again
/// later; nothing but the back-offs is kept in memory that a new agent could not find out.
/// </summary>
public sealed partial class PodWorker
{
    private static readonly TimeSpan _retryMin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _admitAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _retryMax = TimeSpan.FromMinutes(2);

    private readonly PodServices _services;
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly PodObserver _observer;
    private readonly PodProbes _probes;
    private readonly CrashBackoff _backoff = new();
    private readonly Dictionary<string, (DateTimeOffset At, string Message)> _pullFailures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ContainerStateWaiting> _waiting = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Pod _desired;
    private bool _removed;
    private Pod? _again;
    private (string Reason, string Message)? _failure;
    private long? _failureGraceSeconds;
    private ApiList<PodCondition> _failureConditions = [];
    private CancellationTokenSource? _startCancellation;

    private static readonly TimeSpan _resendAfter = TimeSpan.FromSeconds(10);

    private Pod _written;
    private PodStatus? _sent;
    private DateTimeOffset _sentAt;
    private DateTimeOffset? _tellAgainAt;
    private bool _admitted;
    private bool _looked;
    private bool _ended;
    private string _toldOfWait = "";
    private DateTimeOffset? _volumesRefreshAt;
    private TimeSpan _retry = _retryMin;
    private ObservedPod _observed = ObservedPod.Nothing;

    public PodWorker(PodServices services, Pod pod)
    {
        _services = services;
        _desired = pod;
        _written = pod;
        _observer = new PodObserver(services.Runtime, pod.Metadata.Uid, services.Options.PodCidrs is [var first, ..] && first.Contains(':', StringComparison.Ordinal));
        _probes = new PodProbes(services.Probes, Wake);
    }

    /// <summary>The pod as last heard of; what others count with.</summary>
    public Pod Pod
    {
        get
        {
            lock (_gate) return _desired;
        }
    }

    public ObservedPod Observed => Volatile.Read(ref _observed);

    /// <summary>Holds nothing of the node any more, though its object may still be there.</summary>
    public bool HasEnded => Volatile.Read(ref _ended) || Pod.Status.Phase is "Failed" or "Succeeded";

    private TimeProvider Time => _services.Time;

    /// <summary>The pod as it came back to this node after it had gone from it: another worker's to bring up.</summary>
    public Pod? Again
    {
        get
        {
            lock (_gate) return _again;
        }
    }

    public void Wake() => _signal.Writer.TryWrite(true);

    public void Update(Pod pod)
    {
        lock (_gate)
        {
            // What downward API volumes show of the pod itself.
            if (!_desired.Metadata.Labels.Equals(pod.Metadata.Labels) || !_desired.Metadata.Annotations.Equals(pod.Metadata.Annotations)) _referencesChanged = true;
            if (_removed) _again = pod;
            _desired = pod;
            if (pod.Metadata.DeletionTimestamp is not null) _startCancellation?.Cancel();
        }

        Wake();
    }

    /// <summary>The object is gone from the server: what runs has to go, without anybody to tell.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _removed = true;
            _startCancellation?.Cancel();
        }

        Wake();
    }

    /// <summary>Ends the pod as Failed, by the node's decision.</summary>
    public void Fail(string reason, string message, long? graceSeconds, ApiList<PodCondition> conditions)
    {
        lock (_gate)
        {
            if (_failure is not null || _ended) return;
            _failure = (reason, message);
            _failureGraceSeconds = graceSeconds;
            _failureConditions = conditions;
            _startCancellation?.Cancel();
        }

        Wake();
    }

    /// <summary>Until the pod is gone, or the agent stops; the containers go on then.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                DateTimeOffset? next;
                try
                {
                    var (done, wakeAt) = await RoundAsync(ct);
                    if (done) return;
                    next = wakeAt;
                    _retry = _retryMin;
                }
                catch (Exception error) when (!ct.IsCancellationRequested)
                {
                    // A bug must not cost the pod its worker: it is told in full, and the round tried again like the others.
                    if (error is not (GrpcException or ApiException or HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException))
                        LogRoundBroke(_services.Log, Pod.Metadata.Namespace, Pod.Metadata.Name, error);
                    else if (error is not OperationCanceledException) LogRoundFailed(_services.Log, Pod.Metadata.Namespace, Pod.Metadata.Name, error.Message);
                    next = Time.GetUtcNow() + (error is OperationCanceledException ? TimeSpan.Zero : _retry);
                    _retry = _retry * 2 < _retryMax ? _retry * 2 : _retryMax;
                }

                await WaitAsync(Earliest(next, _tellAgainAt), ct);
            }
        }
        finally
        {
            await _probes.DisposeAsync();
        }
    }

    private async Task WaitAsync(DateTimeOffset? until, CancellationToken ct)
    {
        if (until is not { } at)
        {
            await _signal.Reader.ReadAsync(ct);
            return;
        }

        var wait = at - Time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
        {
            _signal.Reader.TryRead(out _);
            return;
        }

        // Timers reach some weeks; a round a day costs nothing.
        if (wait > TimeSpan.FromDays(1)) wait = TimeSpan.FromDays(1);
        using var timer = new CancellationTokenSource(wait, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
        try
        {
            await _signal.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The time came.
        }
    }

    private async Task<(bool Done, DateTimeOffset? WakeAt)> RoundAsync(CancellationToken ct)
    {
        Pod pod;
        bool removed;
        lock (_gate)
        {
            pod = _desired;
            removed = _removed;
        }

        // 1. look; its log directory is made before a pod's first sandbox
        var observed = _looked || removed || Directory.Exists(_services.Directories.LogsOf(pod)) ? await LookAsync(pod, ct) : ObservedPod.Nothing;
        _looked = true;

        // 2. has it to end?
        if (!_admitted && !removed && pod.Metadata.DeletionTimestamp is null && pod.Status.Phase is not ("Failed" or "Succeeded") && await AdmitAsync(pod, observed, ct) is { } refusal)
        {
            // Nothing is told yet: a start time says that a pod was admitted.
            if (refusal.Later) return (false, Time.GetUtcNow() + _admitAgain);

            await TellAsync(pod, ObservedPod.Nothing, ct);
            _ended = true;
            return (false, null);
        }

        if (pod.Spec.ActiveDeadlineSeconds is { } deadline && pod.Status.Phase is not ("Failed" or "Succeeded")
            && (_written.Status.StartTime ?? pod.Status.StartTime) is { } start && Time.GetUtcNow() >= start.Value.AddSeconds(deadline))
        {
            if (_failure is null) _services.Events.Event(pod, "Normal", "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            Fail("DeadlineExceeded", "Pod was active on the node longer than the specified deadline", null, []);
        }

        if (removed || pod.Metadata.DeletionTimestamp is not null || _failure is not null || pod.Status.Phase is "Failed" or "Succeeded")
            return await EndAsync(pod, observed, ct);

        // 3. plan, with what the node has granted
        pod = await GrantAsync(pod, observed, ct);
        ReviewResize(pod, observed);
        var plan = PodPlanner.Plan(new PodFacts(pod, observed, _probes, BackoffOf) { Restarting = _restarting.Keys });
        foreach (var (name, until) in plan.BackingOff) TellBackoff(pod, name);
        if (plan.Finished) return await EndAsync(pod, observed, ct);

        // 4. tell; the sandbox of a new pod is made meanwhile
        var telling = TellAsync(pod, observed, ct);
        if (plan.CreateSandboxAttempt is null) await telling;

        // 5. do
        if (_resizeInProgress is not null && await ActuateAsync(pod, observed, ct)) return (false, Time.GetUtcNow());
        if (!plan.IsEmpty)
        {
            await DoAsync(pod, observed, plan, telling, ct);
            return (false, Time.GetUtcNow());
        }

        if (_volumesRefreshAt is null || Time.GetUtcNow() >= _volumesRefreshAt || _referencesChanged)
        {
            _referencesChanged = false;
            await RefreshVolumesAsync(pod, observed, ct);
        }

        return (false, Earliest(plan.WakeAt, DeadlineOf(pod), _volumesRefreshAt, _resizeRetryAt));
    }

    private volatile bool _referencesChanged;

    /// <summary>A ConfigMap or Secret that the pod uses is another.</summary>
    public void ReferencesChanged()
    {
        _referencesChanged = true;
        Wake();
    }

    private Task<ObservedPod> LookAsync(Pod pod, CancellationToken ct) => LookAsync(pod, _observer.ObserveAsync(ct));

    private async Task<ObservedPod> LookAsync(Pod pod, Task<ObservedPod> looking)
    {
        var observed = await looking;
        Volatile.Write(ref _observed, observed);
        var ips = observed.ReadySandbox is { } sandbox ? (pod.Spec.HostNetwork ? _services.Options.Addresses : sandbox.Ips) : [];
        _probes.Follow(pod, observed, ips.FirstOrDefault() ?? "", pod.Metadata.DeletionTimestamp is not null || _failure is not null);
        return observed;
    }

    /// <summary>Null when the pod may run here.</summary>
    private async Task<AdmissionRefusal?> AdmitAsync(Pod pod, ObservedPod observed, CancellationToken ct)
    {
        // What runs already was admitted by an earlier agent.
        if (observed.Sandboxes.Count > 0 || pod.Status.StartTime is not null)
        {
            MarkAdmitted();
            return null;
        }

        if (await _services.Admission.AdmitAsync(this, pod, ct) is not { } refusal) return null;
        if (refusal.Later)
        {
            if (_toldOfWait != refusal.Message) _services.Events.Event(pod, "Warning", "FailedAdmission", refusal.Message + "; waiting for it");
            _toldOfWait = refusal.Message;
            return refusal;
        }

        if (refusal.PlaceAgain && await _services.HandBack(pod, refusal, ct))
        {
            // It is the scheduler's again: nothing of it may stay here, and nobody is told that it failed.
            Remove();
            return refusal;
        }

        _failure = (refusal.Reason, refusal.Message);
        _services.Events.Event(pod, "Warning", refusal.Reason, refusal.Message);
        return refusal;
    }

    private DateTimeOffset? DeadlineOf(Pod pod) =>
        pod.Spec.ActiveDeadlineSeconds is { } seconds && (_written.Status.StartTime ?? pod.Status.StartTime) is { } start ? start.Value.AddSeconds(seconds) : null;

    private static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        DateTimeOffset? first = null;
        foreach (var time in times)
        {
            if (time is { } at && (first is null || at < first)) first = at;
        }

        return first;
    }

    private string BackoffKey(PodContainer container) => $"{container.Name}:{container.Hash}";

    private DateTimeOffset? BackoffOf(PodContainer container, DateTimeOffset finished) => _backoff.Until(BackoffKey(container), finished, Time.GetUtcNow());

    private void TellBackoff(Pod pod, string name)
    {
        if (PodContainer.Find(pod, name) is not { } container) return;
        var delay = GoDuration(_backoff.Delay(BackoffKey(container)));
        var where = $"{pod.Metadata.Name}_{pod.Metadata.Namespace}({pod.Metadata.Uid})";
        if (!_waiting.TryGetValue(name, out var old) || old.Reason != "CrashLoopBackOff")
            _services.Events.Event(pod, "Warning", "BackOff", $"Back-off restarting failed container {name} in pod {where}", container.FieldPath);
        _waiting[name] = new ContainerStateWaiting { Reason = "CrashLoopBackOff", Message = $"back-off {delay} restarting failed container={name} pod={where}" };
    }

    /// <summary>10s, 1m20s, 5m0s.</summary>
    private static string GoDuration(TimeSpan time) => time.TotalSeconds < 60
        ? $"{(int)time.TotalSeconds}s"
        : $"{(int)time.TotalMinutes}m{time.Seconds}s";

    /// <summary>Writes the status where it differs from what was written last.</summary>
    private async Task TellAsync(Pod pod, ObservedPod observed, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_removed) return;
        }

        // The newest status is our own last one: the informer may not have brought it back yet.
        var basis = Newer(_written, pod);
        // Foreign conditions (readiness gates) come from the object that was heard of last.
        basis = basis with { Metadata = basis.Metadata with { DeletionTimestamp = pod.Metadata.DeletionTimestamp ?? basis.Metadata.DeletionTimestamp } };
        // It may know a newer description than this round worked with.
        basis = basis with { Metadata = basis.Metadata with { Generation = pod.Metadata.Generation }, Spec = pod.Spec };
        var extra = _failureConditions.Concat([_resizePending, _resizeInProgress]).OfType<PodCondition>().ToApiList();
        var status = PodStatusBuilder.Build(new StatusFacts(basis, observed, _probes, _waiting, _ended, _failure, _services.Options.Addresses, Time.GetUtcNow()) { Extra = extra, Given = _given, Restarting = [.. _restarting.Keys], DeviceHealth = _services.DeviceHealth });
        // A server that stores something else than it was given must not be written to for ever.
        var now = Time.GetUtcNow();
        _tellAgainAt = null;
        if (status == basis.Status) return;
        if (status == _sent && now - _sentAt < _resendAfter)
        {
            // Others may have written over it within the second that its times are told in.
            _tellAgainAt = _sentAt + _resendAfter;
            return;
        }

        var answer = await _services.Statuses.WriteAsync(basis, status, ct);
        // Only now: a write that did not arrive is to be tried again at once.
        (_sent, _sentAt) = (status, now);
        if (answer is { } written)
        {
            _written = written;
            lock (_gate)
            {
                if (ReferenceEquals(_desired, pod)) _desired = written;
            }
        }
        else
        {
            Remove();
        }
    }

    private static Pod Newer(Pod a, Pod b) =>
        ulong.TryParse(a.Metadata.ResourceVersion, out var left) && ulong.TryParse(b.Metadata.ResourceVersion, out var right) && left > right ? a : b;

    [LoggerMessage(5008, LogLevel.Error, "Pod {Namespace}/{Name}: a round failed in a way that was not foreseen; trying again")]
    private static partial void LogRoundBroke(ILogger log, string @namespace, string name, Exception error);

    [LoggerMessage(5001, LogLevel.Warning, "Pod {Namespace}/{Name}: {Problem}; trying again")]
    private static partial void LogRoundFailed(ILogger log, string @namespace, string name, string problem);
}
