using System.Globalization;

namespace Berth.Linux.Cgroups;

/// <summary>What the kernel counts of a cgroup and those below it, for people who look for the cause of slowness. Zero where a controller or a file is missing.</summary>
public sealed record CgroupDetails
{
    public double CpuSeconds { get; init; }

    public double UserSeconds { get; init; }

    public double SystemSeconds { get; init; }

    /// <summary>Periods of the CPU limit that have passed, and those of them in which it was reached.</summary>
    public long Periods { get; init; }

    public long ThrottledPeriods { get; init; }

    public double ThrottledSeconds { get; init; }

    public long MemoryBytes { get; init; }

    public long MemoryPeakBytes { get; init; }

    public long WorkingSetBytes { get; init; }

    public long CacheBytes { get; init; }

    public long RssBytes { get; init; }

    public long MappedFileBytes { get; init; }

    public long SwapBytes { get; init; }

    /// <summary>How often the memory limit was hit.</summary>
    public long MemoryFailures { get; init; }

    public long OutOfMemoryKills { get; init; }

    public long PageFaults { get; init; }

    public long MajorPageFaults { get; init; }

    /// <summary>Processes and threads together.</summary>
    public long Tasks { get; init; }

    /// <summary>Seconds in which some, or all, tasks waited for cpu, memory or io, by name; empty before Linux 4.20 and in cgroup v1.</summary>
    public IReadOnlyDictionary<string, (double Waiting, double Stalled)> Pressure { get; init; } = new Dictionary<string, (double, double)>();

    internal static CgroupDetails Of(CgroupDirectory? cpu, CgroupDirectory? accounting, CgroupDirectory? memory, CgroupDirectory? pids)
    {
        // USER_HZ, the unit of cpuacct.stat: 100 on every architecture that we run on.
        const double Hertz = 100;
        var details = new CgroupDetails { Tasks = pids?.ReadNumber("pids.current") ?? 0 };
        if (cpu is { } c)
        {
            var stat = c.ReadTable("cpu.stat");
            long Of(string name) => stat.GetValueOrDefault(name);
            details = details with { Periods = Of("nr_periods"), ThrottledPeriods = Of("nr_throttled") };
            details = c.Unified
                ? details with { CpuSeconds = Of("usage_usec") / 1e6, UserSeconds = Of("user_usec") / 1e6, SystemSeconds = Of("system_usec") / 1e6, ThrottledSeconds = Of("throttled_usec") / 1e6 }
                : details with { ThrottledSeconds = Of("throttled_time") / 1e9 };
            if (c.Unified) details = details with { Pressure = PressureOf(c) };
        }

        if (accounting is { Unified: false } a)
        {
            var stat = a.ReadTable("cpuacct.stat");
            details = details with { CpuSeconds = a.ReadNumber("cpuacct.usage") / 1e9, UserSeconds = stat.GetValueOrDefault("user") / Hertz, SystemSeconds = stat.GetValueOrDefault("system") / Hertz };
        }

        if (memory is not { } m) return details;
        var table = m.ReadTable("memory.stat");
        long Memory(string v2, string v1) => table.GetValueOrDefault(m.Unified ? v2 : "total_" + v1);
        var used = m.ReadNumber(m.Unified ? "memory.current" : "memory.usage_in_bytes");
        var events = m.ReadTable(m.Unified ? "memory.events" : "memory.oom_control");
        return details with
        {
            MemoryBytes = used,
            MemoryPeakBytes = m.ReadNumber(m.Unified ? "memory.peak" : "memory.max_usage_in_bytes"),
            WorkingSetBytes = Math.Max(0, used - Memory("inactive_file", "inactive_file")),
            CacheBytes = Memory("file", "cache"),
            RssBytes = Memory("anon", "rss"),
            MappedFileBytes = Memory("file_mapped", "mapped_file"),
            SwapBytes = m.Unified ? m.ReadNumber("memory.swap.current") : Memory("", "swap"),
            MemoryFailures = m.Unified ? events.GetValueOrDefault("max") : m.ReadNumber("memory.failcnt"),
            OutOfMemoryKills = events.GetValueOrDefault("oom_kill"),
            PageFaults = Memory("pgfault", "pgfault"),
            MajorPageFaults = Memory("pgmajfault", "pgmajfault"),
        };
    }

    private static Dictionary<string, (double Waiting, double Stalled)> PressureOf(CgroupDirectory directory)
    {
        var result = new Dictionary<string, (double, double)>();
        foreach (var kind in (string[])["cpu", "memory", "io"])
        {
            if (directory.TryRead(kind + ".pressure") is not { } text) continue;
            double Seconds(string line) => text.Split('\n').FirstOrDefault(l => l.StartsWith(line, StringComparison.Ordinal)) is { } found
                && double.TryParse(found[(found.LastIndexOf('=') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) ? microseconds / 1e6 : 0;
            result[kind] = (Seconds("some"), Seconds("full"));
        }

        return result;
    }
}
