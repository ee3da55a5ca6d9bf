using Berth.Api.Core.V1;

namespace Berth.ApiServer.Tables;

/// <summary>
/// What a pod's row says: how many of its containers are ready, in a word how it fares, and how often and when containers
/// were restarted. The word is the most telling one that there is: of the deletion, else of a container, else of the
/// initialization, else of the pod.
/// </summary>
internal sealed record PodSummary(int Ready, int Total, string Status, int Restarts, DateTimeOffset? LastRestart)
{
    public string RestartsText(DateTimeOffset now) =>
        Restarts > 0 && LastRestart is { } last ? $"{Restarts} ({TableCell.Duration(now - last)} ago)" : $"{Restarts}";

    public static PodSummary Of(Pod pod)
    {
        var sidecars = pod.Spec.InitContainers.Where(c => c.RestartPolicy == "Always").Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var total = pod.Spec.Containers.Count + sidecars.Count;
        var status = pod.Status.Reason.Length > 0 ? pod.Status.Reason : pod.Status.Phase;
        if (pod.Status.Conditions.Any(c => c is { Type: "PodScheduled", Reason: "SchedulingGated" }))
            status = "SchedulingGated";

        var (ready, restarts) = (0, 0);
        DateTimeOffset? lastRestart = null;
        var (sidecarRestarts, lastSidecarRestart) = (0, (DateTimeOffset?)null);
        string? initializing = null;
        for (var i = 0; i < pod.Status.InitContainerStatuses.Count && initializing is null; i++)
        {
            var container = pod.Status.InitContainerStatuses[i];
            var isSidecar = sidecars.Contains(container.Name);
            restarts += container.RestartCount;
            lastRestart = Later(lastRestart, container);
            if (isSidecar)
            {
                sidecarRestarts += container.RestartCount;
                lastSidecarRestart = Later(lastSidecarRestart, container);
            }

            if (container.State.Terminated is { ExitCode: 0 })
                continue;
            if (isSidecar && container.Started == true)
            {
                ready += container.Ready ? 1 : 0;
                continue;
            }

            initializing = container.State switch
            {
                { Terminated: { } ended } => "Init:" + Ending(ended),
                { Waiting.Reason: { Length: > 0 } waiting } when waiting != "PodInitializing" => "Init:" + waiting,
                _ => $"Init:{i}/{pod.Spec.InitContainers.Count}",
            };
        }

        status = initializing ?? status;
        if (initializing is null || pod.Status.Conditions.Any(c => c is { Type: "Initialized", Status: "True" }))
        {
            (restarts, lastRestart) = (sidecarRestarts, lastSidecarRestart);
            status = OfContainers(pod, status, ref ready, ref restarts, ref lastRestart);
        }

        if (pod.Metadata.DeletionTimestamp is not null)
            status = pod.Status.Reason == "NodeLost" ? "Unknown" : pod.Status.Phase is "Succeeded" or "Failed" ? status : "Terminating";
        return new PodSummary(ready, total, status, restarts, lastRestart);
    }

    private static string OfContainers(Pod pod, string status, ref int ready, ref int restarts, ref DateTimeOffset? lastRestart)
    {
        var running = false;
        var error = "";
        // From the last: the first container's word counts most.
        for (var i = pod.Status.ContainerStatuses.Count - 1; i >= 0; i--)
        {
            var container = pod.Status.ContainerStatuses[i];
            restarts += container.RestartCount;
            lastRestart = Later(lastRestart, container);
            if (container.State.Waiting is { Reason.Length: > 0 } waiting)
            {
                status = waiting.Reason;
            }
            else if (container.State.Terminated is { } ended)
            {
                status = Ending(ended);
                if (ended.ExitCode != 0)
                    error = status;
            }
            else if (container.Ready && container.State.Running is not null)
            {
                running = true;
                ready++;
            }
        }

        if (status != "Completed")
            return status;
        // One container has done its work, others have not.
        if (running && pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }))
            return "Running";
        return error.Length > 0 ? error : running ? "NotReady" : status;
    }

    private static string Ending(ContainerStateTerminated ended) =>
        ended.Reason.Length > 0 ? ended.Reason : ended.Signal != 0 ? $"Signal:{ended.Signal}" : $"ExitCode:{ended.ExitCode}";

    private static DateTimeOffset? Later(DateTimeOffset? known, ContainerStatus container) =>
        container.LastState.Terminated?.FinishedAt is { } finished && !(known > finished.Value) ? finished.Value : known;
}
