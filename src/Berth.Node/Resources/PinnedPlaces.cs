using Berth.Api.Core.V1;
using Berth.Node.Devices;
using Berth.Resources.Topology;

namespace Berth.Node.Resources;

/// <summary>What containers hold, for those who ask about it: exporters, and whoever chooses devices beside it.</summary>
public sealed class PinnedPlaces(NodeAllocations allocations) : IPinnedResources, IDeviceChooser
{
    private NodeTopology Topology => allocations.Shape.Topology;

    public IReadOnlyList<int> AllocatableCpus => allocations.Shape.Policy.Cpu.Static ? [.. allocations.Shape.AssignableCpus] : [];

    public IReadOnlyList<PinnedMemory> AllocatableMemory => !allocations.Shape.Policy.StaticMemory
        ? []
        : [.. Topology.NumaNodes.SelectMany(n => n.Memory.Where(m => m.Value > 0).Select(m => new PinnedMemory(m.Key, m.Value - Reserved(n.Id, m.Key), [n.Id])))];

    public IReadOnlyList<int> CpusOf(string podUid, string container) => [.. allocations.Find(podUid)?.Find(container)?.Cpus ?? CpuSet.Empty];

    public IReadOnlyList<PinnedMemory> MemoryOf(string podUid, string container) =>
        [.. (allocations.Find(podUid)?.Find(container)?.Memory ?? []).Select(m => new PinnedMemory(m.Kind, m.Bytes, [.. m.Nodes.Members()]))];

    /// <summary>Those on the NUMA nodes of the container's CPUs and memory first, then those that are nowhere in particular.</summary>
    public IReadOnlyList<DeviceInfo>? Choose(Pod pod, Container container, string resource, IReadOnlyList<DeviceInfo> free, int count)
    {
        if (allocations.Find(pod.Metadata.Uid)?.Find(container.Name) is not { } held)
            return null;
        var near = Topology.NumaOf(held.Cpus) | held.MemoryNodes;
        return near.IsEmpty ? null : [.. free.OrderBy(d => d.NumaNodes.Any(n => n is >= 0 and <= NumaSet.IdMax && near.Contains(n)) ? 0 : d.NumaNodes.IsEmpty ? 1 : 2)];
    }

    private long Reserved(int node, string kind) =>
        allocations.Shape.Policy.ReservedMemory.GetOr(node.ToString(System.Globalization.CultureInfo.InvariantCulture))?.GetOr(kind) ?? 0;
}
