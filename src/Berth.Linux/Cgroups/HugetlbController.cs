namespace Berth.Linux.Cgroups;

internal sealed class HugetlbController : ICgroupController
{
    public string Name => "hugetlb";

    public void Apply(CgroupDirectory cgroup, CgroupLimits limits)
    {
        foreach (var (size, max) in limits.HugePageMaxBytes)
        {
            cgroup.WriteLimit($"hugetlb.{size}.{(cgroup.Unified ? "max" : "limit_in_bytes")}", max);
            // Reservations are counted apart where the kernel has it (5.7 and later): mmap fails instead of a later SIGBUS.
            var reserved = $"hugetlb.{size}.rsvd.{(cgroup.Unified ? "max" : "limit_in_bytes")}";
            if (cgroup.Has(reserved)) cgroup.WriteLimit(reserved, max);
        }
    }
}
