namespace Berth.Linux.Cgroups;

/// <summary>What a cgroup and those below it use. Zero where the machine has no controller to count it.</summary>
/// <param name="CpuNanoseconds">CPU time since the cgroup was made.</param>
/// <param name="MemoryBytes">Charged memory, page cache included.</param>
/// <param name="WorkingSetBytes">Charged memory without inactive file pages: what Kubernetes holds against limits.</param>
/// <param name="AnonymousBytes">Memory without a file behind it (rss).</param>
/// <param name="PageFaults">Since the cgroup was made.</param>
/// <param name="MajorPageFaults">Those that read from a disk.</param>
/// <param name="Pids">Processes and threads.</param>
public sealed record CgroupUsage(
    long CpuNanoseconds, long MemoryBytes, long WorkingSetBytes, long AnonymousBytes, long PageFaults, long MajorPageFaults, long Pids);
