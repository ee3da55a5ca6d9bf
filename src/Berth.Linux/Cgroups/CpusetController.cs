namespace Berth.Linux.Cgroups;

internal sealed class CpusetController : ICgroupController
{
    public string Name => "cpuset";

    /// <summary>A new v1 cpuset is empty, and an empty one takes no process: it starts as a copy of its parent. In v2 empty means inherited.</summary>
    public void Prepare(CgroupDirectory cgroup)
    {
        if (cgroup.Unified) return;
        var parent = cgroup with { Path = Path.GetDirectoryName(cgroup.Path)! };
        foreach (var file in (string[])["cpuset.cpus", "cpuset.mems"])
        {
            if (cgroup.Read(file).Length == 0) cgroup.Write(file, parent.Read(file));
        }
    }

    public void Apply(CgroupDirectory cgroup, CgroupLimits limits)
    {
        if (limits.CpusetCpus is { } cpus) cgroup.Write("cpuset.cpus", cpus);
        if (limits.CpusetMems is { } mems) cgroup.Write("cpuset.mems", mems);
    }
}
