using Berth.Api.Core.V1;
using Berth.Controllers.Pods;

namespace Berth.Controllers.Autoscaling;

/// <summary>
/// The target's pods, sorted by what their readings are worth: a pod that is only starting burns cpu without serving anybody,
/// and a pod that ends no longer matters.
/// </summary>
/// <param name="Ready">How many pods have readings that count.</param>
/// <param name="Unready">Names of pods that have not begun to do their work.</param>
/// <param name="Missing">Names of pods without a reading.</param>
/// <param name="Ignored">Names of pods that failed or are going away.</param>
public sealed record PodGroups(int Ready, IReadOnlySet<string> Unready, IReadOnlySet<string> Missing, IReadOnlySet<string> Ignored)
{
    // Both of kube-controller-manager.
    private static readonly TimeSpan s_cpuInitialization = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_initialReadiness = TimeSpan.FromSeconds(30);

    /// <param name="isCpu">Only cpu is known to mislead while a pod starts.</param>
    public static PodGroups Of(IEnumerable<Pod> pods, IReadOnlyDictionary<string, PodReading> readings, bool isCpu, DateTimeOffset now)
    {
        var ready = 0;
        HashSet<string> unready = new(StringComparer.Ordinal), missing = new(StringComparer.Ordinal), ignored = new(StringComparer.Ordinal);
        foreach (var pod in pods)
        {
            var name = pod.Metadata.Name;
            if (pod.Metadata.DeletionTimestamp is not null || pod.Status.Phase == "Failed")
                ignored.Add(name);
            else if (pod.Status.Phase == "Pending")
                unready.Add(name);
            else if (!readings.TryGetValue(name, out var reading))
                missing.Add(name);
            else if (isCpu && IsStarting(pod, reading, now))
                unready.Add(name);
            else
                ready++;
        }

        return new PodGroups(ready, unready, missing, ignored);
    }

    private static bool IsStarting(Pod pod, PodReading reading, DateTimeOffset now)
    {
        if (PodFacts.Condition(pod, "Ready") is not { } condition || pod.Status.StartTime is not { } started)
            return true;
        var since = condition.LastTransitionTime?.Value ?? DateTimeOffset.MinValue;
        // Early on, only a reading that was taken wholly after the pod became ready counts.
        if (started.Value + s_cpuInitialization > now)
            return condition.Status == "False" || reading.At < since + reading.Window;
        // Later, a pod that is not ready counts unless it never was.
        return condition.Status == "False" && started.Value + s_initialReadiness > since;
    }
}
