namespace Berth.Linux.Cgroups;

internal sealed class MemoryController : ICgroupController
{
    public string Name => "memory";

    public void Apply(CgroupDirectory cgroup, CgroupLimits limits)
    {
        if (limits.MemoryMaxBytes is { } max) cgroup.WriteLimit(cgroup.Unified ? "memory.max" : "memory.limit_in_bytes", max);
        if (!cgroup.Unified) return;
        if (limits.MemoryMinBytes is { } min) cgroup.WriteLimit("memory.min", min);
        if (limits.MemoryLowBytes is { } low) cgroup.WriteLimit("memory.low", low);
        if (limits.MemoryHighBytes is { } high) cgroup.WriteLimit("memory.high", high);
    }
}
