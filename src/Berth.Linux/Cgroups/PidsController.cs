namespace Berth.Linux.Cgroups;

internal sealed class PidsController : ICgroupController
{
    public string Name => "pids";

    public void Apply(CgroupDirectory cgroup, CgroupLimits limits)
    {
        // Both dialects spell "no limit" as max here.
        if (limits.PidsMax == CgroupLimits.Unlimited) cgroup.Write("pids.max", "max");
        else if (limits.PidsMax is { } max) cgroup.Write("pids.max", max);
    }
}
