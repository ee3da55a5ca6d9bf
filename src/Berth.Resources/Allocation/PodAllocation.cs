using Berth.Api;
using Berth.Resources.Memory;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>What one pod holds of a node, from before its first container starts until after its last has ended.</summary>
public sealed record PodAllocation
{
    public required string PodUid { get; init; }

    /// <summary>Those containers that got something, in the pod's order.</summary>
    public ApiList<ContainerAllocation> Containers { get; init; } = [];

    /// <summary>All CPUs of the pod.</summary>
    public CpuSet Cpus { get; init; } = CpuSet.Empty;

    /// <summary>The most that the pod uses at any one time, by group of nodes and kind.</summary>
    public ApiList<MemoryBlock> Memory { get; init; } = [];

    /// <summary>Keys of all devices of the pod.</summary>
    public ApiList<string> Devices { get; init; } = [];

    public bool IsEmpty => Cpus.IsEmpty && Memory.IsEmpty && Devices.IsEmpty;

    public ContainerAllocation? Find(string container) => Containers.FirstOrDefault(c => c.Name == container);
}
