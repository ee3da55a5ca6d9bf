using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Node.PodSync;

namespace Berth.Node.Status;

/// <summary>Conditions of a pod. Those that others own are kept as they are. Pure.</summary>
internal static class PodConditions
{
    public static ApiList<PodCondition> Build(StatusFacts facts, PodStatus status)
    {
        var pod = facts.Pod;
        List<PodCondition> own = [.. facts.Extra];
        var hasNetwork = !facts.Ended && facts.Observed.ReadySandbox is { } sandbox && (sandbox.HostNetwork || sandbox.Ips.Count > 0);
        own.Add(Make("PodReadyToStartContainers", hasNetwork));
        own.Add(Initialized(pod, status));
        var containers = ContainersReady(pod, status);
        own.Add(Ready(pod, status, containers));
        own.Add(containers);
        own.Add(Make("PodScheduled", true));

        var result = new List<PodCondition>();
        foreach (var condition in own)
        {
            var old = pod.Status.Conditions.FirstOrDefault(c => c.Type == condition.Type);
            result.Add(condition with
            {
                // Those of a resize are about the description that was decided about.
                ObservedGeneration = condition.ObservedGeneration > 0 ? condition.ObservedGeneration : pod.Metadata.Generation,
                LastTransitionTime = old?.Status == condition.Status && old.LastTransitionTime is { } since ? since : facts.Now,
                LastProbeTime = old?.LastProbeTime,
            });
        }

        // Others' conditions keep their place in front, so that a status does not change for order alone.
        return [.. result, .. pod.Status.Conditions.Where(c => !IsOwn(c.Type) && result.All(r => r.Type != c.Type))];
    }

    /// <summary>Comes and goes by the agent's decision alone: absent is as good as told.</summary>
    internal static bool IsOwn(string type) => type is "PodResizePending" or "PodResizeInProgress";

    private static PodCondition Make(string type, bool status, string reason = "", string message = "") =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };

    private static PodCondition Initialized(Pod pod, PodStatus status)
    {
        if (status.Phase == "Succeeded") return Make("Initialized", true, "PodCompleted");
        // Once a main container ran, the pod was initialized and stays so.
        var started = status.ContainerStatuses.Any(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null);
        var incomplete = status.InitContainerStatuses
            .Where((s, i) => pod.Spec.InitContainers[i].RestartPolicy == "Always" ? s.Started != true : !s.Ready)
            .Select(s => s.Name).ToList();
        return started || incomplete.Count == 0
            ? Make("Initialized", true)
            : Make("Initialized", false, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', incomplete)}]");
    }

    private static PodCondition ContainersReady(Pod pod, PodStatus status)
    {
        if (status.Phase == "Succeeded") return Make("ContainersReady", false, "PodCompleted");
        if (status.Phase == "Failed") return Make("ContainersReady", false, "PodFailed");
        var sidecars = status.InitContainerStatuses.Where((s, i) => pod.Spec.InitContainers[i].RestartPolicy == "Always");
        var unready = sidecars.Concat(status.ContainerStatuses).Where(s => !s.Ready).Select(s => s.Name).ToList();
        return unready.Count == 0
            ? Make("ContainersReady", true)
            : Make("ContainersReady", false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static PodCondition Ready(Pod pod, PodStatus status, PodCondition containers)
    {
        if (containers.Status != "True") return containers with { Type = "Ready" };
        foreach (var gate in pod.Spec.ReadinessGates)
        {
            var condition = pod.Status.Conditions.FirstOrDefault(c => c.Type == gate.ConditionType);
            if (condition is null)
                return Make("Ready", false, "ReadinessGatesNotReady", $"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            if (condition.Status != "True")
                return Make("Ready", false, "ReadinessGatesNotReady", $"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", but {condition.Status}");
        }

        return Make("Ready", true);
    }
}
