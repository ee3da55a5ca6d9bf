using Berth.Linux.Cgroups;
using Berth.Linux.Mounts;

namespace Berth.Linux.Tests.Cgroups;

public sealed class CgroupHierarchyTests
{
    [Fact]
    public void Detect_OnePureV2Mount_IsV2()
    {
        var hierarchy = Detect("31 23 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate");

        Assert.Equal(CgroupMode.V2, hierarchy.Mode);
        Assert.Equal("/sys/fs/cgroup", hierarchy.ControllerRoots["memory"]);
        Assert.False(hierarchy.HasController("hugetlb"));
    }

    [Fact]
    public void Detect_CombinedV1Mounts_GivesEachControllerItsRoot()
    {
        var hierarchy = Detect(
            "32 31 0:29 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd",
            "33 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
            "34 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory");

        Assert.Equal(CgroupMode.V1, hierarchy.Mode);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", hierarchy.ControllerRoots["cpuacct"]);
        Assert.Equal(["/sys/fs/cgroup/systemd"], hierarchy.OtherRoots);
    }

    [Fact]
    public void Detect_V1WithUnifiedBeside_IsHybrid()
    {
        var hierarchy = Detect(
            "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
            "34 31 0:31 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
            "99 31 0:31 /kubepods /var/lib/x/memory rw - cgroup cgroup rw,memory");

        Assert.Equal(CgroupMode.Hybrid, hierarchy.Mode);
        Assert.Equal("/sys/fs/cgroup/memory", hierarchy.ControllerRoots["memory"]);
        Assert.Contains("/sys/fs/cgroup/unified", hierarchy.OtherRoots);
    }

    [Fact]
    public void Detect_WithoutCgroups_SaysSo() => Assert.Contains("no cgroup", Assert.Throws<IOException>(() => Detect()).Message);

    private static CgroupHierarchy Detect(params string[] lines) => CgroupHierarchy.Detect(MountTable.Parse(lines), _ => ["cpu", "memory", "pids"]);
}
