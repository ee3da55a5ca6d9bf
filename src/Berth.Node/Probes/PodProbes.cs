using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.PodSync;

namespace Berth.Node.Probes;

/// <summary>
/// The probes of one pod's running containers: a loop for each probe of each container, started when the container runs
/// and ended with it. Wakes the pod's worker when a verdict changes.
/// </summary>
public sealed class PodProbes(ProbeRunner runner, Action wake) : IProbeResults, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Id, string Kind), ProbeLoop> _loops = new();
    private Dictionary<string, PodContainer> _containers = new(StringComparer.Ordinal);

    /// <summary>Starts and ends loops so that they fit what runs. Called by the pod's worker alone.</summary>
    /// <param name="ending">The pod goes down: nothing is restarted any more, so only readiness is still asked for.</param>
    public void Follow(Pod pod, ObservedPod observed, string podIp, bool ending)
    {
        var current = new Dictionary<string, PodContainer>(StringComparer.Ordinal);
        foreach (var running in observed.Running)
        {
            if (PodContainer.Find(pod, running.Name) is not { } container || container.Role is ContainerRole.Init or ContainerRole.Ephemeral) continue;
            current[running.Id] = container;
            Ensure("Startup", container.Spec.StartupProbe, ending);
            Ensure("Liveness", container.Spec.LivenessProbe, ending);
            Ensure("Readiness", container.Spec.ReadinessProbe, false);

            void Ensure(string kind, Probe? probe, bool stop)
            {
                if (probe is null) return;
                var key = (running.Id, kind);
                if (stop)
                {
                    if (_loops.TryGetValue(key, out var old)) old.Stop();
                    return;
                }

                if (_loops.ContainsKey(key)) return;
                // Liveness and readiness are asked only once the container has started up.
                Func<bool> mayRun = kind == "Startup" ? static () => true : () => Startup(running.Id) == ProbeVerdict.Success;
                _loops[key] = new ProbeLoop(runner, pod, container, running, kind, probe, podIp, mayRun, wake);
            }
        }

        Volatile.Write(ref _containers, current);
        foreach (var (key, loop) in _loops)
        {
            if (current.ContainsKey(key.Id)) continue;
            loop.Stop();
            _loops.TryRemove(key, out _);
        }
    }

    public ProbeVerdict Startup(string containerId) => Of(containerId, "Startup", c => c.StartupProbe is null);

    public ProbeVerdict Liveness(string containerId) => _loops.TryGetValue((containerId, "Liveness"), out var loop) ? loop.Verdict : ProbeVerdict.Success;

    public ProbeVerdict Readiness(string containerId) => Of(containerId, "Readiness", c => c.ReadinessProbe is null);

    public ValueTask DisposeAsync()
    {
        foreach (var loop in _loops.Values) loop.Stop();
        _loops.Clear();
        return ValueTask.CompletedTask;
    }

    private ProbeVerdict Of(string id, string kind, Func<Container, bool> without)
    {
        if (_loops.TryGetValue((id, kind), out var loop)) return loop.Verdict;
        return !Volatile.Read(ref _containers).TryGetValue(id, out var container) || without(container.Spec) ? ProbeVerdict.Success : ProbeVerdict.Unknown;
    }
}
