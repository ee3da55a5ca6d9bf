using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.PodSync;

namespace Berth.Node.Status;

/// <summary>One container's part of the status. Pure.</summary>
internal static class ContainerStatusBuilder
{
    public static ContainerStatus Build(StatusFacts facts, PodContainer container, ApiList<ContainerStatus> before)
    {
        var spec = container.Spec;
        var old = before.FirstOrDefault(s => s.Name == spec.Name);
        var current = facts.Observed.Latest(spec.Name);
        var previous = facts.Observed.Previous(spec.Name);
        var waiting = facts.Waiting.GetValueOrDefault(spec.Name);
        var state = StateOf(facts, container, current, waiting, old);
        // What it was before: the ended container itself while it waits to be started again.
        var last = state.Waiting is not null && current is { State: ObservedState.Exited } ? Terminated(current)
            : previous is { State: ObservedState.Exited } ? Terminated(previous)
            : old?.LastState.Terminated;
        if (last is not null && old?.LastState.Terminated?.ContainerID == last.ContainerID) last = old.LastState.Terminated;
        var running = state.Running is not null;
        var resizable = current is not null && container.Role is ContainerRole.Main or ContainerRole.Sidecar;
        var startup = running ? facts.Probes.Startup(current!.Id) == ProbeVerdict.Success : false;
        var started = container.Role == ContainerRole.Init ? running : startup;
        var ready = container.Role switch
        {
            ContainerRole.Init => state.Terminated is { ExitCode: 0 },
            ContainerRole.Ephemeral => false,
            _ => running && startup && facts.Probes.Readiness(current!.Id) == ProbeVerdict.Success,
        };
        return new ContainerStatus
        {
            Name = spec.Name,
            State = state,
            LastState = last is null ? ContainerState.Empty : new ContainerState { Terminated = last },
            Ready = ready,
            Started = container.Role == ContainerRole.Ephemeral ? null : started,
            RestartCount = current?.Attempt ?? old?.RestartCount ?? 0,
            Image = current is { Image.Length: > 0 } && !current.Image.StartsWith("sha256:", StringComparison.Ordinal) ? current.Image : spec.Image,
            ImageID = current?.ImageId ?? old?.ImageID ?? "",
            ContainerID = current?.QualifiedId ?? old?.ContainerID ?? "",
            Resources = !resizable ? null : running && facts.Given.TryGetValue(current!.Id, out var given) ? given : spec.Resources,
            AllocatedResources = resizable ? spec.Resources.Requests : [],
            AllocatedResourcesStatus = resizable ? facts.DeviceHealth(facts.Pod, spec.Name) : [],
            VolumeMounts = spec.VolumeMounts.Select(m => new VolumeMountStatus
            {
                Name = m.Name,
                MountPath = m.MountPath,
                ReadOnly = m.ReadOnly,
                RecursiveReadOnly = m.ReadOnly ? m.RecursiveReadOnly ?? "Disabled" : null,
            }).ToApiList(),
            User = current?.User is { } user
                ? new ContainerUser { Linux = new LinuxContainerUser { Uid = user.Uid, Gid = user.Gid, SupplementalGroups = user.Groups } }
                : null,
        };
    }

    private static ContainerState StateOf(StatusFacts facts, PodContainer container, ObservedContainer? current, ContainerStateWaiting? waiting, ContainerStatus? old)
    {
        switch (current?.State)
        {
            case ObservedState.Running:
                return new ContainerState { Running = new ContainerStateRunning { StartedAt = current.StartedAt } };
            case ObservedState.Exited when waiting is not null && !facts.Ended && facts.Override is null:
                return new ContainerState { Waiting = waiting };
            case ObservedState.Exited when facts.Restarting.Contains(current.Id) && !facts.Ended && facts.Override is null:
                // Not told as ended: where the policy is not to restart, an end is for good.
                return new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ContainerCreating" } };
            case ObservedState.Exited:
                // What was told once stays: the files that it came from may be gone.
                return old?.State.Terminated?.ContainerID == current.QualifiedId ? old.State : new ContainerState { Terminated = Terminated(current) };
            default:
                // A record that the runtime no longer has is kept: it was true.
                if (current is null && old is { State.Terminated: not null }) return old.State;
                if (current is null && facts.Ended && old is { State.Running: { } lost })
                {
                    return new ContainerState
                    {
                        Terminated = new ContainerStateTerminated
                        {
                            ExitCode = 137,
                            Reason = "ContainerStatusUnknown",
                            Message = "The container could not be located when the pod was terminated",
                            StartedAt = lost.StartedAt,
                            ContainerID = old.ContainerID,
                        },
                    };
                }

                var initializing = !facts.Pod.Spec.InitContainers.IsEmpty && container.Role != ContainerRole.Ephemeral;
                return new ContainerState
                {
                    Waiting = waiting ?? new ContainerStateWaiting { Reason = initializing ? "PodInitializing" : "ContainerCreating" },
                };
        }
    }

    private static ContainerStateTerminated Terminated(ObservedContainer container) => new()
    {
        ExitCode = container.ExitCode,
        Reason = container.Reason,
        Message = container.Message,
        StartedAt = container.StartedAt == default ? container.CreatedAt : container.StartedAt,
        FinishedAt = container.FinishedAt,
        ContainerID = container.QualifiedId,
    };
}
