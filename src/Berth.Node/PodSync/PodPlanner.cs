using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>
/// Compares a pod's description with what the runtime has. Pure. Flow: (1) sandbox, (2) init containers in order, sidecars
/// among them, (3) main containers, (4) ephemeral ones.
/// </summary>
public static class PodPlanner
{
    public static PodPlan Plan(PodFacts facts)
    {
        var pod = facts.Pod;
        var observed = facts.Observed;

        if (IsFinished(pod, observed, facts.Restarting))
            return new PodPlan { Finished = true };

        // 1. sandbox
        var sandbox = observed.ReadySandbox;
        var stale = observed.Sandboxes.Where(s => s.Ready ? !ReferenceEquals(s, sandbox) : HasRunning(observed, s)).ToApiList();
        if (sandbox is not null && sandbox.HostNetwork != pod.Spec.HostNetwork)
        {
            stale = stale.Add(sandbox);
            sandbox = null;
        }

        var plan = new Draft(facts, sandbox);
        if (sandbox is null)
        {
            // A pod that is not to be restarted does not get a second sandbox: what ran in the first has had its turn.
            if (observed.Sandboxes.Count > 0 && observed.Containers.Count > 0 && pod.Spec.RestartPolicy == "Never")
                return new PodPlan { StopSandboxes = stale, Finished = true };
            plan.PlanFrom(null);
            return plan.Build(stale, observed.Sandboxes.Count == 0 ? 0 : observed.Sandboxes.Max(s => s.Attempt) + 1);
        }

        plan.PlanFrom(sandbox.Id);
        return plan.Build(stale, null);
    }

    /// <summary>No main container will run again, or an init container failed for good.</summary>
    public static bool IsFinished(Pod pod, ObservedPod observed, IReadOnlyCollection<string> restarting)
    {
        foreach (var init in PodContainer.Inits(pod).Where(c => c.Role == ContainerRole.Init))
        {
            if (observed.Latest(init.Name) is { State: ObservedState.Exited, ExitCode: not 0 } failed && !RestartDecision.ShouldRestart(pod, init, failed.ExitCode))
                return true;
        }

        return PodContainer.Mains(pod).All(c => observed.Latest(c.Name) is { State: ObservedState.Exited } ended && !restarting.Contains(ended.Id)
            && !RestartDecision.ShouldRestart(pod, c, ended.ExitCode));
    }

    private static bool HasRunning(ObservedPod observed, ObservedSandbox sandbox) => observed.Running.Any(c => c.SandboxId == sandbox.Id);

    private sealed class Draft(PodFacts facts, ObservedSandbox? sandbox)
    {
        private readonly List<ContainerStop> _stops = [];
        private readonly List<ContainerStart> _starts = [];
        private readonly List<KeyValuePair<string, DateTimeOffset>> _waits = [];

        public PodPlan Build(ApiList<ObservedSandbox> stale, int? newSandbox) => new()
        {
            StopSandboxes = stale,
            CreateSandboxAttempt = newSandbox is not null && _starts.Count > 0 ? newSandbox : null,
            Stops = _stops.ToApiList(),
            Starts = _starts.ToApiList(),
            BackingOff = _waits.ToApiMap(),
        };

        public void PlanFrom(string? sandboxId)
        {
            // 4. An ephemeral container runs once, and only in a pod that runs.
            if (sandboxId is not null)
            {
                foreach (var debug in PodContainer.Ephemerals(facts.Pod))
                {
                    if (facts.Observed.Latest(debug.Name) is null) _starts.Add(new ContainerStart(debug, 0, null));
                }
            }

            // 2. Once a main container was made in this sandbox the pod is initialized: init containers had their turn.
            var mains = PodContainer.Mains(facts.Pod);
            var initialized = sandboxId is not null && mains.Any(c => facts.Observed.LatestIn(sandboxId, c.Name) is not null);
            foreach (var init in PodContainer.Inits(facts.Pod))
            {
                if (initialized && init.Role == ContainerRole.Init) continue;
                if (!Settle(init, sandboxId) && !initialized) return;
            }

            // 3. main containers
            foreach (var main in mains) Settle(main, sandboxId);
        }

        /// <summary>Plans what one container needs. True when the ones after it may go on.</summary>
        private bool Settle(PodContainer container, string? sandboxId)
        {
            var current = sandboxId is null ? null : facts.Observed.LatestIn(sandboxId, container.Name);
            var before = facts.Observed.Latest(container.Name);
            if (current is null)
            {
                // In a new sandbox a container that had succeeded for good stays as it is; init containers prepare each sandbox anew.
                if (container.Role == ContainerRole.Main && before is { State: ObservedState.Exited } ended
                    && !RestartDecision.ShouldRestart(facts.Pod, container, ended.ExitCode))
                    return true;
                Start(container, before);
                return false;
            }

            switch (current.State)
            {
                case ObservedState.Running:
                    return SettleRunning(container, current);
                case ObservedState.Exited when container.Role == ContainerRole.Init && current.ExitCode == 0:
                    return true;
                case ObservedState.Exited when facts.Restarting.Contains(current.Id):
                    _starts.Add(new ContainerStart(container, current.Attempt + 1, current));
                    return false;
                case ObservedState.Exited when RestartDecision.ShouldRestart(facts.Pod, container, current.ExitCode):
                    Start(container, current);
                    return false;
                case ObservedState.Exited:
                    return false;
                case ObservedState.Created:
                case ObservedState.Unknown:
                default:
                    // Made but never started, because the agent died in between, or lost by the runtime.
                    _starts.Add(new ContainerStart(container, current.Attempt + 1, current));
                    return false;
            }
        }

        private bool SettleRunning(PodContainer container, ObservedContainer current)
        {
            if (container.Role == ContainerRole.Ephemeral) return true;
            if (current.Hash.Length > 0 && current.Hash != container.Hash)
            {
                _stops.Add(new ContainerStop(current, container, $"Container {container.Name} definition changed, will be restarted"));
                return false;
            }

            if (facts.Restarting.Contains(current.Id))
            {
                _stops.Add(new ContainerStop(current, container, $"Container {container.Name} resize requires restart"));
                return false;
            }

            if (facts.Probes.Startup(current.Id) == ProbeVerdict.Failure)
            {
                _stops.Add(new ContainerStop(current, container, $"Container {container.Name} failed startup probe, will be restarted", container.Spec.StartupProbe?.TerminationGracePeriodSeconds));
                return false;
            }

            if (facts.Probes.Liveness(current.Id) == ProbeVerdict.Failure)
            {
                _stops.Add(new ContainerStop(current, container, $"Container {container.Name} failed liveness probe, will be restarted", container.Spec.LivenessProbe?.TerminationGracePeriodSeconds));
                return false;
            }

            return container.Role switch
            {
                ContainerRole.Init => false,
                ContainerRole.Sidecar => facts.Probes.Startup(current.Id) == ProbeVerdict.Success,
                _ => true,
            };
        }

        private void Start(PodContainer container, ObservedContainer? before)
        {
            if (before is { State: ObservedState.Exited } && sandbox is not null && facts.Backoff(container, before.FinishedAt) is { } until)
                _waits.Add(new(container.Name, until));
            else
                _starts.Add(new ContainerStart(container, before is null ? 0 : before.Attempt + 1, before));
        }
    }
}
