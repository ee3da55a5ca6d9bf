using Berth.Api;
using Berth.Node.Lifecycle.Eviction;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;

namespace Berth.Node.Resources;

/// <summary>How a node shares out what it has, in the kubelet's terms. The defaults are the kubelet's.</summary>
public sealed record NodeConfiguration
{
    public static NodeConfiguration Default { get; } = new();

    public CpuPolicy Cpu { get; init; } = CpuPolicy.None;

    public bool StaticMemory { get; init; }

    public AlignmentPolicy Alignment { get; init; }

    public bool PodScope { get; init; }

    /// <summary>False: CPU limits are not enforced by quota, only by what containers can run on.</summary>
    public bool CpuQuota { get; init; } = true;

    /// <summary>Looks after the CPUs of running containers this often.</summary>
    public TimeSpan ReconcilePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>reservedSystemCPUs</c>; null: as many as are reserved by amount, the first cores first.</summary>
    public CpuSet? ReservedCpus { get; init; }

    /// <summary><c>kubeReserved</c> and <c>systemReserved</c> together, by resource.</summary>
    public ApiMap<Quantity> Reserved { get; init; } = [];

    /// <summary>By NUMA node id, then by kind of memory, in bytes; null: from the first nodes.</summary>
    public ApiMap<ApiMap<long>>? ReservedMemory { get; init; }

    public int PodsMax { get; init; } = 110;

    /// <summary>Null: no limit.</summary>
    public long? PodPidsMax { get; init; }

    /// <summary><c>evictionHard</c>, <c>evictionSoft</c> and what belongs to them.</summary>
    public EvictionOptions Eviction { get; init; } = EvictionOptions.Default;

    /// <summary><c>memorySwap.swapBehavior: LimitedSwap</c>: Burstable containers may swap, in proportion to their request.</summary>
    public bool LimitedSwap { get; init; }

    /// <summary><c>failSwapOn</c>: a machine with swap is refused. Only where the file says so.</summary>
    public bool FailSwapOn { get; init; }

    /// <summary>True: a process that is killed for memory dies alone. Otherwise with its whole container, where the kernel can (cgroup v2).</summary>
    public bool? SingleProcessOomKill { get; init; }

    /// <summary>Feature gate <c>MemoryQoS</c>.</summary>
    public bool MemoryQos { get; init; }

    public double MemoryThrottlingFactor { get; init; } = 0.9;

    /// <summary><c>memoryReservationPolicy: TieredReservation</c>.</summary>
    public bool TieredReservation { get; init; }

    /// <summary>Directory (or file) of pods that run without a server having asked; null for none.</summary>
    public string? StaticPodPath { get; init; }

    /// <summary>Seconds that pods of at least a priority get when the machine shuts down, the lowest priority first; none: shutdowns are not waited for.</summary>
    public ApiList<ShutdownTier> ShutdownTiers { get; init; } = [];

    /// <summary>Fields of the file that are the kubelet's and that Berth does not heed.</summary>
    public IReadOnlyList<string> Unheeded { get; init; } = [];
}
