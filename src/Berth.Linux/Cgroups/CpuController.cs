using System.Globalization;

namespace Berth.Linux.Cgroups;

internal sealed class CpuController : ICgroupController
{
    public string Name => "cpu";

    public void Apply(CgroupDirectory cgroup, CgroupLimits limits)
    {
        if (limits.CpuShares is { } shares)
        {
            if (cgroup.Unified) cgroup.Write("cpu.weight", WeightOf(shares));
            else cgroup.Write("cpu.shares", Math.Clamp(shares, 2, 262_144));
        }

        if (limits.CpuQuotaMicroseconds is not { } quota) return;
        if (cgroup.Unified)
        {
            var limit = quota == CgroupLimits.Unlimited ? "max" : quota.ToString(CultureInfo.InvariantCulture);
            cgroup.Write("cpu.max", string.Create(CultureInfo.InvariantCulture, $"{limit} {limits.CpuPeriodMicroseconds}"));
        }
        else
        {
            // The period first: the kernel checks quota/period against the parent at each write, and a new quota against the
            // default period could be refused. Where the old quota is the obstacle, lifting it clears the way.
            if (cgroup.Read("cpu.cfs_period_us") != limits.CpuPeriodMicroseconds.ToString(CultureInfo.InvariantCulture))
            {
                cgroup.Write("cpu.cfs_quota_us", CgroupLimits.Unlimited);
                cgroup.Write("cpu.cfs_period_us", limits.CpuPeriodMicroseconds);
            }

            cgroup.Write("cpu.cfs_quota_us", quota);
        }
    }

    /// <summary>Kubernetes' mapping of v1 shares (2 to 262144) to v2 weights (1 to 10000) for the cgroups of pods and QoS classes.</summary>
    internal static long WeightOf(long shares) => 1 + (Math.Clamp(shares, 2, 262_144) - 2) * 9999 / 262_142;
}
