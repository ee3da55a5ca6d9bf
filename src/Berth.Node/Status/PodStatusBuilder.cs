using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.PodSync;

namespace Berth.Node.Status;

/// <summary>All that a pod's status is made of.</summary>
/// <param name="Waiting">Why a container is not running although it should be, by its name.</param>
/// <param name="Ended">The agent has stopped the pod: nothing in it will run again.</param>
/// <param name="Override">Phase Failed with these words, as for a pod that was refused, evicted or too late.</param>
public sealed record StatusFacts(
    Pod Pod,
    ObservedPod Observed,
    IProbeResults Probes,
    IReadOnlyDictionary<string, ContainerStateWaiting> Waiting,
    bool Ended,
    (string Reason, string Message)? Override,
    IReadOnlyList<string> HostIps,
    DateTimeOffset Now)
{
    /// <summary>Conditions that the agent adds by its own decision, such as DisruptionTarget.</summary>
    public ApiList<PodCondition> Extra { get; init; } = [];

    public Func<Pod, string, ApiList<ResourceStatus>> DeviceHealth { get; init; } = static (_, _) => [];

    /// <summary>Ids of containers that were stopped to be started again with other resources.</summary>
    public IReadOnlyCollection<string> Restarting { get; init; } = [];

    /// <summary>What running containers were last given, by id; one that is missing has what its description says.</summary>
    public IReadOnlyDictionary<string, ResourceRequirements> Given { get; init; } = new Dictionary<string, ResourceRequirements>();
}

/// <summary>A pod's status from what was observed. Pure.</summary>
public static class PodStatusBuilder
{
    public static PodStatus Build(StatusFacts facts)
    {
        var pod = facts.Pod;
        var old = pod.Status;
        var inits = PodContainer.Inits(pod).Select(c => ContainerStatusBuilder.Build(facts, c, old.InitContainerStatuses)).ToApiList();
        var mains = PodContainer.Mains(pod).Select(c => ContainerStatusBuilder.Build(facts, c, old.ContainerStatuses)).ToApiList();
        var debugs = PodContainer.Ephemerals(pod).Select(c => ContainerStatusBuilder.Build(facts, c, old.EphemeralContainerStatuses)).ToApiList();
        var phase = facts.Override is not null && (facts.Ended || !facts.Observed.Running.Any()) ? "Failed" : PhaseOf(facts, inits, mains);
        // A terminal phase is never left again.
        if (old.Phase is "Failed" or "Succeeded") phase = old.Phase;

        var ips = facts.Observed.Sandboxes.FirstOrDefault() is { } sandbox ? (pod.Spec.HostNetwork ? facts.HostIps.ToApiList() : sandbox.Ips) : [];
        if (ips.IsEmpty && facts.Ended) ips = old.PodIPs.Select(i => i.Ip).ToApiList();
        var status = old with
        {
            Phase = phase,
            Reason = facts.Override?.Reason ?? (old.Phase == phase ? old.Reason : ""),
            Message = facts.Override?.Message ?? (old.Phase == phase ? old.Message : ""),
            HostIP = facts.HostIps.FirstOrDefault() ?? "",
            HostIPs = facts.HostIps.Select(ip => new HostIP { Ip = ip }).ToApiList(),
            PodIP = ips.FirstOrDefault() ?? "",
            PodIPs = ips.Select(ip => new PodIP { Ip = ip }).ToApiList(),
            StartTime = old.StartTime ?? facts.Now,
            QosClass = old.QosClass.Length > 0 ? old.QosClass : PodResources.QosClass(pod),
            InitContainerStatuses = inits,
            ContainerStatuses = mains,
            EphemeralContainerStatuses = debugs,
            ObservedGeneration = pod.Metadata.Generation,
            AllocatedResources = pod.Spec.Resources?.Requests ?? [],
            Resources = pod.Spec.Resources,
        };
        return status with { Conditions = PodConditions.Build(facts, status) };
    }

    private static string PhaseOf(StatusFacts facts, ApiList<ContainerStatus> inits, ApiList<ContainerStatus> mains)
    {
        var pod = facts.Pod;
        var anyStarted = mains.Any(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null);
        for (var i = 0; i < inits.Count; i++)
        {
            var sidecar = pod.Spec.InitContainers[i].RestartPolicy == "Always";
            if (sidecar) continue;
            var ended = inits[i].State.Terminated;
            if (ended is { ExitCode: not 0 } && !RestartDecision.ShouldRestart(pod, new PodContainer(pod.Spec.InitContainers[i], ContainerRole.Init), ended.ExitCode))
                return "Failed";
            if (!anyStarted && (ended is null || ended.ExitCode != 0)) return facts.Ended && ended is not null ? "Failed" : "Pending";
        }

        int running = 0, stopped = 0, succeeded = 0, waiting = 0;
        for (var i = 0; i < mains.Count; i++)
        {
            var status = mains[i];
            if (status.State.Running is not null) running++;
            else if (status.State.Terminated is { } terminated)
            {
                stopped++;
                if (terminated.ExitCode == 0) succeeded++;
            }
            else if (status.LastState.Terminated is not null) stopped++; // waits to be restarted
            else waiting++;
        }

        if (waiting > 0) return facts.Ended && stopped > 0 ? "Failed" : "Pending";
        if (running > 0) return "Running";
        if (stopped == 0) return "Pending";
        if (facts.Ended) return stopped == succeeded ? "Succeeded" : "Failed";
        for (var i = 0; i < mains.Count; i++)
        {
            var container = new PodContainer(pod.Spec.Containers[i], ContainerRole.Main);
            if (mains[i].State.Terminated is not { } terminated || RestartDecision.ShouldRestart(pod, container, terminated.ExitCode)) return "Running";
        }

        return stopped == succeeded ? "Succeeded" : "Failed";
    }
}
