using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Controllers.NodeLifecycle;

/// <summary>The condition that tells a pod's owner that the pod ends through no fault of its own.</summary>
public static class PodDisruption
{
    public const string Target = "DisruptionTarget";

    /// <summary>The pod's status with the condition; the same status when it has it already.</summary>
    public static PodStatus Marked(Pod pod, string reason, string message, DateTimeOffset now)
    {
        var old = pod.Status.Conditions.FirstOrDefault(c => c.Type == Target);
        if (old is { Status: "True" } && old.Reason == reason && old.Message == message)
            return pod.Status;
        var condition = new PodCondition
        {
            Type = Target,
            Status = "True",
            Reason = reason,
            Message = message,
            ObservedGeneration = pod.Metadata.Generation,
            LastTransitionTime = old?.Status == "True" ? old.LastTransitionTime : now,
        };
        return pod.Status with { Conditions = pod.Status.Conditions.Where(c => c.Type != Target).Append(condition).ToApiList() };
    }
}
