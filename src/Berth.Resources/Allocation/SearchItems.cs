using Berth.Api;
using Berth.Resources.Devices;

namespace Berth.Resources.Allocation;

/// <summary>What of a pod is kept together: each container for itself, or all of them.</summary>
internal static class SearchItems
{
    public static SearchItem Of(NodeShape shape, ContainerNeeds container) =>
        new($"container {container.Name}", container.Cpus / shape.UnitCpus, ByKind(shape, container.Memory), container.Devices);

    /// <summary>The pod at its hungriest moment.</summary>
    /// <param name="deviceCounts">By container, how many of the item's devices are its own, in order; the rest serve init containers.</param>
    public static SearchItem OfPod(NodeShape shape, PodNeeds needs, out int[] deviceCounts)
    {
        var cpus = needs.PodCpus > 0 ? needs.PodCpus : Most(needs, c => c.Cpus);
        var memory = ApiMap<long>.Empty;
        foreach (var kind in needs.Containers.SelectMany(c => c.Memory.Keys).Distinct())
            memory = memory.With(kind, Most(needs, c => c.Memory.GetOr(kind)));
        if (!needs.PodMemory.IsEmpty)
            memory = needs.PodMemory;

        var requests = new List<DeviceRequest>();
        deviceCounts = new int[needs.Containers.Count];
        for (var i = 0; i < needs.Containers.Count; i++)
        {
            if (!needs.Containers[i].RunsOn)
                continue;
            requests.AddRange(needs.Containers[i].Devices);
            deviceCounts[i] = needs.Containers[i].Devices.Sum(d => d.Count);
        }

        foreach (var request in needs.Containers.Where(c => !c.RunsOn).SelectMany(c => c.Devices).GroupBy(d => d.Resource).Select(g => g.MaxBy(d => d.Count)!))
        {
            var longRunning = needs.Containers.Where(c => c.RunsOn).SelectMany(c => c.Devices).Where(d => d.Resource == request.Resource).Sum(d => (long)d.Count);
            var most = Most(needs, c => c.Devices.Where(d => d.Resource == request.Resource).Sum(d => (long)d.Count));
            if (most > longRunning)
                requests.Add(request with { Count = (int)Math.Min(int.MaxValue, most - longRunning) });
        }

        return new("the pod", (int)(cpus / shape.UnitCpus), ByKind(shape, memory), requests);
    }

    /// <summary>The most that is needed at one time: containers with all sidecars, or an init container with the sidecars before it.</summary>
    public static long Most(PodNeeds needs, Func<ContainerNeeds, long> of)
    {
        long running = 0, most = 0;
        foreach (var container in needs.Containers)
        {
            var now = running + of(container);
            if (container.RunsOn)
                running = now;
            most = Math.Max(most, now);
        }

        return most;
    }

    private static long[] ByKind(NodeShape shape, ApiMap<long> memory) =>
        [.. shape.Topology.MemoryNames.Select(name => memory.GetOr(name))];
}
