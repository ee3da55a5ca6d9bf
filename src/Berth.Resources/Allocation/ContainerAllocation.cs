using Berth.Api;
using Berth.Resources.Memory;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>What one container got.</summary>
public sealed record ContainerAllocation
{
    public required string Name { get; init; }

    /// <summary>CPUs that only this pod runs on; empty: the node's shared pool.</summary>
    public CpuSet Cpus { get; init; } = CpuSet.Empty;

    /// <summary>False where <see cref="Cpus"/> is the pod's own shared pool, which several of its containers run on.</summary>
    public bool OwnCpus { get; init; }

    public ApiList<MemoryBlock> Memory { get; init; } = [];

    /// <summary><see cref="Devices.Device.Key"/> of each.</summary>
    public ApiList<string> Devices { get; init; } = [];

    /// <summary>NUMA nodes that its memory comes from; none: all.</summary>
    public NumaSet MemoryNodes => Memory.Aggregate(NumaSet.None, static (nodes, block) => nodes | block.Nodes);

    public bool IsEmpty => Cpus.IsEmpty && Memory.IsEmpty && Devices.IsEmpty;
}
