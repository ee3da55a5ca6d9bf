using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.Cri;
using Berth.Node.Devices.Claims;
using Microsoft.Extensions.Logging;

namespace Berth.Node.PodSync;

/// <summary>The part that takes a pod down: main containers at once, sidecars after them in reverse order, then the sandbox and all that was made for it.</summary>
public sealed partial class PodWorker
{
    // Whatever the grace, a container gets this long between its hook and the kill.
    private static readonly TimeSpan _graceMin = TimeSpan.FromSeconds(2);

    private Task? _stopping;
    private TimeSpan _stoppingGrace = TimeSpan.MaxValue;
    private CancellationTokenSource? _stopCancellation;
    private bool _cleaned;

    private async Task<(bool Done, DateTimeOffset? WakeAt)> EndAsync(Pod pod, ObservedPod observed, CancellationToken ct)
    {
        bool removed;
        lock (_gate) removed = _removed;
        var grace = GraceOf(pod, observed);

        if (observed.Running.Any())
        {
            if (_stopping is null || grace < _stoppingGrace)
            {
                // A shorter grace replaces a longer one that is under way.
                _stopCancellation?.Cancel();
                if (_stopping is not null) await _stopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var first = _stoppingGrace == TimeSpan.MaxValue;
                _stoppingGrace = grace;
                _stopCancellation = CancellationTokenSource.CreateLinkedTokenSource(ct);
                _stopping = StopAllAsync(pod, observed, grace, first, _stopCancellation.Token);
            }

            await TellAsync(pod, observed, ct);
            if (!_stopping.IsCompleted) return (false, null);
            var failed = _stopping;
            _stopping = null;
            await failed; // throws what went wrong: tried again
            return (false, Time.GetUtcNow());
        }

        _stopping = null;
        foreach (var sandbox in observed.Sandboxes.Where(s => s.Ready)) await _services.Runtime.StopPodSandboxAsync(sandbox.Id, ct);
        // Before anybody is told: the devices may be somebody else's from then on.
        await GiveBackClaimsAsync(pod, ct);
        if (!_ended)
        {
            _ended = true;
            observed = await LookAsync(pod, ct);
        }

        await TellAsync(pod, observed, ct);
        if (!_cleaned)
        {
            try
            {
                await _services.Volumes.RemoveAsync(pod.Metadata.Uid, ct);
            }
            catch (IOException error)
            {
                _services.Events.Event(pod, "Warning", "FailedUnMount", error.Message);
                throw;
            }

            _services.References.Release(pod.Metadata.Uid);
            await _services.Cgroups.RemoveAsync(pod.Metadata.Uid, ct);
            await _services.Admission.ReleaseAsync(this, pod.Metadata.Uid, ct);
            _cleaned = true;
        }

        if (!removed && pod.Metadata.DeletionTimestamp is null) return (false, null);

        // The last status is with the server: the object may go, and with it what the runtime kept for logs.
        if (!removed) await _services.Statuses.DeleteAsync(pod, ct);
        foreach (var sandbox in observed.Sandboxes) await _services.Runtime.RemovePodSandboxAsync(sandbox.Id, ct);
        var logs = _services.Directories.LogsOf(pod);
        if (Directory.Exists(logs)) Directory.Delete(logs, recursive: true);
        return (true, null);
    }

    private async Task GiveBackClaimsAsync(Pod pod, CancellationToken ct)
    {
        try
        {
            await _services.Claims.UnprepareAsync(pod.Metadata.Uid, ct);
        }
        catch (ClaimDriverException error)
        {
            _services.Events.Event(pod, "Warning", "FailedUnprepareDynamicResources", $"Failed to unprepare dynamic resources: {error.Message}");
            throw new IOException(error.Message, error);
        }
    }

    private TimeSpan GraceOf(Pod pod, ObservedPod observed)
    {
        lock (_gate)
        {
            var seconds = pod.Metadata.DeletionGracePeriodSeconds
                ?? _failureGraceSeconds
                ?? pod.Spec.TerminationGracePeriodSeconds
                ?? 30;
            return TimeSpan.FromSeconds(Math.Max(0, seconds));
        }
    }

    private async Task StopAllAsync(Pod pod, ObservedPod observed, TimeSpan grace, bool first, CancellationToken ct)
    {
        try
        {
            var start = Time.GetTimestamp();
            TimeSpan Left() => grace - Time.GetElapsedTime(start) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

            Task Stop(ObservedContainer running, TimeSpan limit)
            {
                var container = PodContainer.Find(pod, running.Name) ?? new PodContainer(new Container { Name = running.Name }, ContainerRole.Main);
                if (first) _services.Events.Event(pod, "Normal", "Killing", $"Stopping container {running.Name}", container.FieldPath);
                return StopContainerAsync(pod, container, running, limit, ct);
            }

            var sidecars = PodContainer.Inits(pod).Where(c => c.Role == ContainerRole.Sidecar).Select(c => c.Name).ToList();
            await Task.WhenAll(observed.Running.Where(c => !sidecars.Contains(c.Name)).Select(c => Stop(c, grace)));
            foreach (var name in Enumerable.Reverse(sidecars))
            {
                if (observed.Running.FirstOrDefault(c => c.Name == name) is { } sidecar) await Stop(sidecar, Left());
            }
        }
        finally
        {
            Wake();
        }
    }

    /// <summary>preStop, then the stop signal, then SIGKILL when the grace is over.</summary>
    private async Task StopContainerAsync(Pod pod, PodContainer container, ObservedContainer running, TimeSpan grace, CancellationToken ct)
    {
        var start = Time.GetTimestamp();
        if (container.Spec.Lifecycle?.PreStop is { } hook && grace > TimeSpan.Zero)
        {
            using var limit = new CancellationTokenSource(grace, Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            try
            {
                var ip = AddressesOf(pod, Observed.ReadySandbox).FirstOrDefault() ?? "";
                if (await _services.Handlers.RunAsync(hook, container.Spec, running.Id, ip, either.Token) is { } problem)
                {
                    LogHookFailed(_services.Log, pod.Metadata.Namespace, pod.Metadata.Name, container.Name, problem);
                    _services.Events.Event(pod, "Warning", "FailedPreStopHook", "PreStopHook failed", container.FieldPath);
                }
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                // The hook took all the grace there was.
            }

            var left = grace - Time.GetElapsedTime(start);
            grace = left > _graceMin ? left : _graceMin;
        }

        await _services.Runtime.StopContainerAsync(running.Id, TimeSpan.FromSeconds(Math.Ceiling(grace.TotalSeconds)), ct);
    }

    [LoggerMessage(5007, LogLevel.Warning, "Hook of container {Container} in pod {Namespace}/{Name} failed: {Problem}")]
    private static partial void LogHookFailed(ILogger log, string @namespace, string name, string container, string problem);
}
