namespace Berth.Resources.Cpu;

/// <summary>How whole CPUs are given out: <c>cpuManagerPolicy</c> and its options.</summary>
public sealed record CpuPolicy
{
    /// <summary>No CPU is ever exclusive.</summary>
    public static CpuPolicy None { get; } = new();

    /// <summary>Guaranteed containers that ask for whole CPUs get them for themselves.</summary>
    public bool Static { get; init; }

    /// <summary><c>full-pcpus-only</c>: whole cores or nothing, so that no two containers share one.</summary>
    public bool FullCoresOnly { get; init; }

    /// <summary><c>distribute-cpus-across-numa</c>: where one NUMA node is not enough, as evenly as possible over those needed.</summary>
    public bool DistributeAcrossNuma { get; init; }

    /// <summary><c>align-by-socket</c>: resources of one socket count as being together.</summary>
    public bool AlignBySocket { get; init; }

    /// <summary><c>distribute-cpus-across-cores</c>: threads of different cores before threads of one.</summary>
    public bool DistributeAcrossCores { get; init; }

    /// <summary><c>strict-cpu-reservation</c>: containers without CPUs of their own stay off the reserved ones too.</summary>
    public bool StrictReservation { get; init; }

    /// <summary><c>prefer-align-cpus-by-uncorecache</c>: CPUs of one third-level cache before whole cores of several.</summary>
    public bool PreferSharedCache { get; init; }
}
