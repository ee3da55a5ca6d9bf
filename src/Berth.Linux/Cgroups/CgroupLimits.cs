namespace Berth.Linux.Cgroups;

/// <summary>What a cgroup is to be held to. Null leaves the kernel's value as it is; limits that the machine's hierarchy has no controller for are ignored.</summary>
public sealed record CgroupLimits
{
    public static CgroupLimits None { get; } = new();

    /// <summary>The kernel's word for "no limit" in this record: see <see cref="MemoryMaxBytes"/> and the others.</summary>
    public const long Unlimited = -1;

    /// <summary>Relative weight as in cgroup v1: 2 to 262144, 1024 for one CPU requested.</summary>
    public long? CpuShares { get; init; }

    /// <summary>CPU time in each period, in microseconds; <see cref="Unlimited"/> is none. Kernels refuse less than 1000.</summary>
    public long? CpuQuotaMicroseconds { get; init; }

    /// <summary>Only used together with <see cref="CpuQuotaMicroseconds"/>.</summary>
    public long CpuPeriodMicroseconds { get; init; } = 100_000;

    public long? MemoryMaxBytes { get; init; }

    /// <summary>Memory that reclaim leaves alone. cgroup v2 only.</summary>
    public long? MemoryMinBytes { get; init; }

    /// <summary>Memory above which the cgroup is slowed down and reclaimed from. cgroup v2 only.</summary>
    public long? MemoryHighBytes { get; init; }

    /// <summary>Memory that reclaim takes only when nothing else is left. cgroup v2 only.</summary>
    public long? MemoryLowBytes { get; init; }

    public long? PidsMax { get; init; }

    /// <summary>A list such as 0-3,8.</summary>
    public string? CpusetCpus { get; init; }

    public string? CpusetMems { get; init; }

    /// <summary>Bytes by page size in the kernel's spelling: 2MB, 1GB.</summary>
    public IReadOnlyDictionary<string, long> HugePageMaxBytes { get; init; } = new Dictionary<string, long>();
}
