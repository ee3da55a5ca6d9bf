using Berth.Api;
using Berth.Api.Core.V1;
using PodResources = Berth.Node.PodSync.PodResources;

namespace Berth.Node.Resources;

/// <summary>Memory settings that only cgroup v2 has: what is protected, where reclaim begins, how much may be swapped. Kubernetes' formulas. Pure.</summary>
/// <param name="memoryBytes">Of the machine.</param>
/// <param name="swapBytes">Of the machine; 0 without swap.</param>
/// <param name="allocatableBytes">Stands for the limit of containers without one.</param>
public sealed class MemoryProtection(NodeConfiguration configuration, long memoryBytes, long swapBytes, Func<long> allocatableBytes)
{
    private const long PageBytes = 4096;
    private const int CriticalPriority = 2_000_000_000;

    /// <summary>Files of the container's cgroup, with their values.</summary>
    public IEnumerable<KeyValuePair<string, long>> OfContainer(Pod pod, Container container)
    {
        var request = container.Resources.Requests.TryGetValue("memory", out var asked) ? asked.Value : container.Resources.Limits.GetOr("memory").Value;
        var limit = container.Resources.Limits.GetOr("memory").Value;
        if (swapBytes > 0)
            yield return new("memory.swap.max", SwapOf(pod, request, limit));
        // A process that is killed for memory takes its container with it: half of a container helps nobody.
        if (configuration.SingleProcessOomKill != true)
            yield return new("memory.oom.group", 1);
        if (!configuration.MemoryQos)
            yield break;
        if (request > 0 && configuration.TieredReservation)
            yield return new(PodResources.QosClass(pod) == PodResources.Guaranteed ? "memory.min" : "memory.low", request);
        if (request == limit)
            yield break;
        var top = limit > 0 ? limit : allocatableBytes();
        var high = (long)((request + (top - request) * configuration.MemoryThrottlingFactor) / PageBytes) * PageBytes;
        if (top > 0 && high > request)
            yield return new("memory.high", high);
    }

    /// <summary>What all pods together protect: hard for the Guaranteed, soft for the Burstable. A parent has to cover its children, or their protection is void.</summary>
    public (long Guaranteed, long Burstable)? OfPods(IEnumerable<Pod> pods)
    {
        if (!configuration.MemoryQos || !configuration.TieredReservation)
            return null;
        var (guaranteed, burstable) = (0L, 0L);
        foreach (var pod in pods)
        {
            if (PodResources.QosClass(pod) == PodResources.Guaranteed)
                guaranteed += Of(pod);
            else
                burstable += Of(pod);
        }

        return (guaranteed, burstable);
    }

    /// <summary>What the pod's own cgroup protects; null where nothing is.</summary>
    public long? OfPod(Pod pod) => configuration.MemoryQos && configuration.TieredReservation ? Of(pod) : null;

    private static long Of(Pod pod) => PodResources.Requests(pod).GetOr("memory").Value;

    private long SwapOf(Pod pod, long request, long limit)
    {
        // Those that asked for exact memory, for none, or may not be slowed down have no part in it.
        if (!configuration.LimitedSwap || PodResources.QosClass(pod) != PodResources.Burstable || request == 0 || request == limit || pod.Spec.Priority >= CriticalPriority)
            return 0;
        return (long)((double)request / Math.Max(1, memoryBytes) * swapBytes);
    }
}
