namespace Berth.Linux.Cgroups;

/// <summary>One of the kernel's controllers in both of its dialects.</summary>
internal interface ICgroupController
{
    /// <summary>As /proc/cgroups and cgroup.controllers spell it.</summary>
    string Name { get; }

    /// <summary>Called whenever the directory is made or found, before limits are applied.</summary>
    void Prepare(CgroupDirectory cgroup)
    {
    }

    void Apply(CgroupDirectory cgroup, CgroupLimits limits);
}
