using System.Globalization;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Linux.Cgroups;
using Berth.Node.Cri.V1;
using Berth.Node.Lifecycle;
using Berth.Node.PodSync;
using Container = Berth.Api.Core.V1.Container;

namespace Berth.Node.Resources;

/// <summary>
/// Puts into containers what only cgroup v2 can do (protected memory, swap, CPU bursts, idle CPUs), and refuses pods whose
/// annotations ask for what is wrong or what this machine does not have.
/// </summary>
/// <param name="hasCacheClass">By name: the machine has such a class of cache and memory bandwidth. Null: it has no such thing.</param>
public sealed class KernelSettings(CgroupHierarchy hierarchy, MemoryProtection memory, PodCgroups cgroups, Func<IEnumerable<Pod>> pods, Func<string, bool>? hasCacheClass) : IResourceOwner
{
    public const string Refused = "UnsupportedResourceSettings";

    public ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct)
    {
        var refusal = Problem(pod) is { } problem ? new AdmissionRefusal(Refused, problem) : null;
        if (refusal is null)
            Protect(pod);
        return ValueTask.FromResult(refusal);
    }

    public ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct)
    {
        ConfigureUpdate(pod, container, config.Linux.Resources);
        return ValueTask.CompletedTask;
    }

    public void ConfigureUpdate(Pod pod, PodContainer container, LinuxContainerResources resources)
    {
        if (!hierarchy.IsUnified)
            return;
        foreach (var (file, value) in memory.OfContainer(pod, container.Spec))
            resources.Unified[file] = value.ToString(CultureInfo.InvariantCulture);
        var settings = ContainerSettings.Of(pod, container.Spec);
        // A container without a quota needs no burst.
        if (settings.CpuBurst is { } burst && resources.CpuQuota > 0)
            resources.Unified["cpu.max.burst"] = ((long)burst.TotalMicroseconds).ToString(CultureInfo.InvariantCulture);
        if (settings.CpuWeight is { } weight)
            resources.Unified["cpu.weight"] = weight.ToString(CultureInfo.InvariantCulture);
        if (settings.CpuIdle)
        {
            resources.Unified["cpu.idle"] = "1";
            // The kernel refuses a weight for what is idle.
            resources.CpuShares = 0;
        }
    }

    public void Release(string podUid) => Protect(null, podUid);

    private string? Problem(Pod pod)
    {
        try
        {
            foreach (var container in pod.Spec.InitContainers.Concat(pod.Spec.Containers))
            {
                if (!ContainerSettings.Of(pod, container).IsNone && !hierarchy.IsUnified)
                    return $"annotations {ContainerSettings.BurstKey}, {ContainerSettings.IdleKey} and {ContainerSettings.WeightKey} need cgroup v2; this node has v1";
            }
        }
        catch (FormatException error)
        {
            return error.Message;
        }

        if (pod.Metadata.Annotations.TryGetValue(ContainerSettings.CacheClassKey, out var name))
        {
            if (hasCacheClass is null)
                return $"annotation {ContainerSettings.CacheClassKey}: this node has no resctrl (a processor with cache or memory bandwidth allocation, and /sys/fs/resctrl mounted)";
            if (!hasCacheClass(name))
                return $"annotation {ContainerSettings.CacheClassKey}: there is no class \"{name}\" in /sys/fs/resctrl";
        }

        return pod.Metadata.Annotations.TryGetValue(ContainerSettings.InterruptsKey, out var interrupts) && interrupts is not ("disable" or "enable")
            ? $"annotation {ContainerSettings.InterruptsKey}: \"{interrupts}\" is not disable or enable"
            : null;
    }

    private void Protect(Pod? added, string? without = null)
    {
        if (!hierarchy.IsUnified || memory.OfPods(pods().Where(p => p.Metadata.Uid != without && p.Metadata.Uid != added?.Metadata.Uid).Concat(added is null ? [] : [added])) is not var (guaranteed, burstable))
            return;
        cgroups.Protect(guaranteed, burstable);
    }
}
