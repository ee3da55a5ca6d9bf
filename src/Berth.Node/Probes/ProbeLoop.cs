using Berth.Api.Core.V1;
using Berth.Node.PodSync;

namespace Berth.Node.Probes;

/// <summary>One probe of one container, asked again and again. Its verdict changes only after as many answers in a row as the thresholds ask for.</summary>
internal sealed class ProbeLoop
{
    private readonly ProbeRunner _runner;
    private readonly Pod _pod;
    private readonly PodContainer _container;
    private readonly ObservedContainer _running;
    private readonly string _kind;
    private readonly Probe _probe;
    private readonly string _podIp;
    private readonly Func<bool> _mayRun;
    private readonly Action _wake;
    private readonly CancellationTokenSource _stop = new();
    private int _verdict;

    public ProbeLoop(ProbeRunner runner, Pod pod, PodContainer container, ObservedContainer running, string kind, Probe probe, string podIp, Func<bool> mayRun, Action wake)
    {
        (_runner, _pod, _container, _running, _kind, _probe, _podIp, _mayRun, _wake) = (runner, pod, container, running, kind, probe, podIp, mayRun, wake);
        // Before its first answer a container counts as alive, and as not ready.
        _verdict = (int)(kind == "Liveness" ? ProbeVerdict.Success : ProbeVerdict.Unknown);
        _ = RunAsync(_stop.Token);
    }

    public ProbeVerdict Verdict => (ProbeVerdict)Volatile.Read(ref _verdict);

    public void Stop() => _stop.Cancel();

    private async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await ProbeAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ProbeAsync(CancellationToken ct)
    {
        var time = _runner.Time;
        var period = TimeSpan.FromSeconds(Math.Max(1, _probe.PeriodSeconds));
        var firstAt = _running.StartedAt.AddSeconds(_probe.InitialDelaySeconds);
        if (firstAt - time.GetUtcNow() is { } wait && wait > TimeSpan.Zero) await Task.Delay(wait, time, ct);
        int successes = 0, failures = 0;
        while (true)
        {
            if (!_mayRun())
            {
                // Asked for often: how soon a pod is ready after its startup probe depends on it.
                await Task.Delay(period < TimeSpan.FromSeconds(1) ? period : TimeSpan.FromSeconds(1), time, ct);
                continue;
            }

            var outcome = await _runner.RunAsync(_probe, _container.Spec, _running.Id, _podIp, ct);
            ct.ThrowIfCancellationRequested();
            (successes, failures) = outcome.Success ? (successes + 1, 0) : (0, failures + 1);
            if (!outcome.Success)
                _runner.Events.Event(_pod, "Warning", "Unhealthy", $"{_kind} probe failed: {outcome.Output}", _container.FieldPath);
            if (outcome.Success && successes >= Math.Max(1, _probe.SuccessThreshold)) Decide(ProbeVerdict.Success);
            else if (!outcome.Success && (failures >= Math.Max(1, _probe.FailureThreshold) || _kind == "Readiness" && Verdict == ProbeVerdict.Unknown)) Decide(ProbeVerdict.Failure);
            // Startup is over once it succeeded, and a failed verdict of the two that restart is the container's end.
            if (_kind == "Startup" && Verdict != ProbeVerdict.Unknown || _kind == "Liveness" && Verdict == ProbeVerdict.Failure) return;
            await Task.Delay(period, time, ct);
        }
    }

    private void Decide(ProbeVerdict verdict)
    {
        if (Interlocked.Exchange(ref _verdict, (int)verdict) != (int)verdict) _wake();
    }
}
