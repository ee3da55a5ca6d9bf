using Berth.Api;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>How a node gives out what it has.</summary>
public sealed record NodePolicy
{
    public CpuPolicy Cpu { get; init; } = CpuPolicy.None;

    /// <summary><c>memoryManagerPolicy: Static</c>: Guaranteed containers get their memory from named NUMA nodes.</summary>
    public bool StaticMemory { get; init; }

    public AlignmentPolicy Alignment { get; init; }

    /// <summary>True where some pod may get something of its own, or has to be kept together.</summary>
    public bool IsExact => Cpu.Static || StaticMemory || Alignment != AlignmentPolicy.None;

    /// <summary><c>topologyManagerScope: pod</c>: all containers of a pod together, instead of each for itself.</summary>
    public bool PodScope { get; init; }

    /// <summary>CPUs that are never exclusive.</summary>
    public CpuSet ReservedCpus { get; init; } = CpuSet.Empty;

    /// <summary>Bytes by NUMA node id, then by kind of memory, that pods do not get from there.</summary>
    public ApiMap<ApiMap<long>> ReservedMemory { get; init; } = [];
}
