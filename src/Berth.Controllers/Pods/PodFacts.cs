using Berth.Api.Core.V1;

namespace Berth.Controllers.Pods;

/// <summary>What a pod's status says to those who own pods.</summary>
public static class PodFacts
{
    /// <summary>The pod counts as one of its owner's: it has not finished and is not going away.</summary>
    public static bool IsActive(Pod pod) => !IsFinished(pod) && pod.Metadata.DeletionTimestamp is null;

    /// <summary>All containers have ended and none will be started again.</summary>
    public static bool IsFinished(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed";

    /// <summary>The pod was deleted and still holds its node's resources.</summary>
    public static bool IsTerminating(Pod pod) => !IsFinished(pod) && pod.Metadata.DeletionTimestamp is not null;

    public static PodCondition? Condition(Pod pod, string type) => pod.Status.Conditions.FirstOrDefault(c => c.Type == type);

    public static bool IsReady(Pod pod) => Condition(pod, "Ready") is { Status: "True" };

    /// <summary>Since when the pod has been ready; null when it is not, or when nobody wrote down since when.</summary>
    public static DateTimeOffset? ReadySince(Pod pod) =>
        Condition(pod, "Ready") is { Status: "True", LastTransitionTime: { } since } ? since.Value : null;

    /// <summary>The pod has been ready for as long as its owner asks.</summary>
    public static bool IsAvailable(Pod pod, int minReadySeconds, DateTimeOffset now) =>
        IsReady(pod) && (minReadySeconds == 0 || (ReadySince(pod) is { } since && since.AddSeconds(minReadySeconds) <= now));

    /// <summary>How long until the first of the ready pods that are not yet available becomes so; null when there is none.</summary>
    public static TimeSpan? NextAvailable(IEnumerable<Pod> pods, int minReadySeconds, DateTimeOffset now)
    {
        TimeSpan? next = null;
        if (minReadySeconds == 0)
            return next;
        foreach (var pod in pods)
        {
            if (ReadySince(pod) is { } since && since.AddSeconds(minReadySeconds) - now is var wait && wait > TimeSpan.Zero && (next is null || wait < next))
                next = wait;
        }

        return next;
    }
}
