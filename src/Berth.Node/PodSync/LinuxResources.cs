using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Linux.Cgroups;
using Berth.Node.Cri.V1;

namespace Berth.Node.PodSync;

/// <summary>Requests and limits in the kernel's numbers; the conversions are Kubernetes'.</summary>
public static class LinuxResources
{
    private const long SharesMin = 2;
    private const long SharesMax = 262_144;
    private const long SharesPerCpu = 1024;
    private const long PeriodMicroseconds = 100_000;

    // The kernel refuses less than a millisecond.
    private const long QuotaMinMicroseconds = 1000;

    public static long SharesOf(long milliCpu) => milliCpu == 0 ? SharesMin : Math.Clamp(milliCpu * SharesPerCpu / 1000, SharesMin, SharesMax);

    /// <summary>0 for no limit.</summary>
    public static long QuotaOf(long milliCpu) => milliCpu == 0 ? 0 : Math.Max(QuotaMinMicroseconds, milliCpu * PeriodMicroseconds / 1000);

    public static LinuxContainerResources OfContainer(Pod pod, Api.Core.V1.Container container, long machineMemoryBytes)
    {
        // Where the pod as a whole is limited, a container without a limit of its own is limited by that.
        var limits = (pod.Spec.Resources?.Limits ?? []).Where(l => l.Key is "cpu" or "memory").ToApiMap().With(container.Resources.Limits);
        var requests = container.Resources.Requests;
        var cpuLimit = limits.GetOr("cpu").MilliValue;
        var cpuRequest = requests.TryGetValue("cpu", out var request) ? request.MilliValue : container.Resources.Limits.GetOr("cpu").MilliValue;
        var resources = new LinuxContainerResources
        {
            CpuShares = SharesOf(cpuRequest),
            CpuPeriod = PeriodMicroseconds,
            CpuQuota = QuotaOf(cpuLimit),
            MemoryLimitInBytes = limits.GetOr("memory").Value,
            OomScoreAdj = OomScore(pod, container, machineMemoryBytes),
        };
        foreach (var (name, value) in limits)
        {
            if (name.StartsWith("hugepages-", StringComparison.Ordinal) && Quantity.TryParse(name["hugepages-".Length..], out var size))
                resources.HugepageLimits.Add(new HugepageLimit { PageSize = PageSize(size), Limit = (ulong)value.Value });
        }

        return resources;
    }

    /// <summary>Who is killed first when the machine's memory ends: the less was asked for, the earlier.</summary>
    public static long OomScore(Pod pod, Api.Core.V1.Container container, long machineMemoryBytes)
    {
        // system-node-critical and above
        if (pod.Spec.Priority >= 2_000_001_000) return -997;
        switch (PodResources.QosClass(pod))
        {
            case PodResources.Guaranteed:
                return -997;
            case PodResources.BestEffort:
                return 1000;
            default:
                var memory = container.Resources.Requests.GetOr("memory").Value;
                var score = 1000 - 1000 * (double)memory / Math.Max(1, machineMemoryBytes);
                return (long)Math.Clamp(score, 3, 999);
        }
    }

    public static CgroupLimits OfPod(Pod pod, long? pidsMax)
    {
        var requests = PodResources.Requests(pod);
        var limits = PodResources.Limits(pod);
        var cpuLimit = PodResources.AllLimit(pod, "cpu") ? limits.GetOr("cpu").MilliValue : 0;
        var memoryLimit = PodResources.AllLimit(pod, "memory") ? limits.GetOr("memory").Value : 0;
        var best = PodResources.QosClass(pod) == PodResources.BestEffort;
        return new CgroupLimits
        {
            CpuShares = best ? SharesMin : SharesOf(requests.TryGetValue("cpu", out var cpu) ? cpu.MilliValue : cpuLimit),
            CpuQuotaMicroseconds = cpuLimit > 0 ? QuotaOf(cpuLimit) : null,
            MemoryMaxBytes = memoryLimit > 0 ? memoryLimit : null,
            PidsMax = pidsMax,
        };
    }

    /// <summary>The kernel's spelling: 2MB, 1GB.</summary>
    internal static string PageSize(Quantity size)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var value = size.Value;
        var unit = 0;
        while (unit < units.Length - 1 && value >= 1024 && value % 1024 == 0)
        {
            value /= 1024;
            unit++;
        }

        return value.ToString(System.Globalization.CultureInfo.InvariantCulture) + units[unit];
    }
}
