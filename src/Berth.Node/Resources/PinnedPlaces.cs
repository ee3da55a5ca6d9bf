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

    /// <summary>
    /// Those that the allocator chose, then others that are as near: the plugin may prefer them. Without a choice, those on the
    /// NUMA nodes of the container's CPUs and memory first, then those that are nowhere in particular.
    /// </summary>
    public IReadOnlyList<DeviceInfo>? Choose(Pod pod, Container container, string resource, IReadOnlyList<DeviceInfo> free, int count)
    {
        if (allocations.Find(pod.Metadata.Uid)?.Find(container.Name) is not { } held)
            return null;
        var told = held.Devices.Where(d => d.StartsWith(resource + "=", StringComparison.Ordinal)).Select(d => d[(resource.Length + 1)..]).ToHashSet(StringComparer.Ordinal);
        var near = Topology.NumaOf(held.Cpus) | held.MemoryNodes;
        if (near.IsEmpty)
            near = NumaSet.Of(free.Where(d => told.Contains(d.Id)).SelectMany(d => d.NumaNodes).Where(n => n is >= 0 and <= NumaSet.IdMax));
        if (near.IsEmpty)
            return told.Count == 0 ? null : [.. free.OrderBy(d => told.Contains(d.Id) ? 0 : 1)];
        bool IsNear(DeviceInfo device) => device.NumaNodes.Any(n => n is >= 0 and <= NumaSet.IdMax && near.Contains(n));
        if (told.Count >= count && allocations.Shape.Policy.Alignment != AlignmentPolicy.None)
            return [.. free.Where(d => told.Contains(d.Id) || d.NumaNodes.IsEmpty || IsNear(d)).OrderBy(d => told.Contains(d.Id) ? 0 : IsNear(d) ? 1 : 2)];
        return [.. free.OrderBy(d => told.Contains(d.Id) ? 0 : IsNear(d) ? 1 : d.NumaNodes.IsEmpty ? 2 : 3)];
    }

    public void Chosen(Pod pod, Container container, string resource, IReadOnlyList<string> ids) => allocations.TookDevices(pod.Metadata.Uid, container.Name, resource, ids);

    private long Reserved(int node, string kind) =>
        allocations.Shape.Policy.ReservedMemory.GetOr(node.ToString(System.Globalization.CultureInfo.InvariantCulture))?.GetOr(kind) ?? 0;
}
