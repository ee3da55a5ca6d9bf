using Berth.Api.Core.V1;
using Berth.Linux.Cgroups;
using Berth.Node.PodSync;

namespace Berth.Node.Lifecycle;

/// <summary>
/// The tree of cgroups below the instance's root: guaranteed pods directly in it, the others in <c>burstable</c> and
/// <c>besteffort</c>. A pod's cgroup exists from before its sandbox until after its last container.
/// </summary>
public sealed class PodCgroups(CgroupHierarchy hierarchy, string root, TimeProvider time)
{
    private readonly Cgroup _root = new(hierarchy, root);

    /// <param name="allocatableMilliCpu">Weight of all pods together against the system.</param>
    /// <param name="memoryMaxBytes">What is left of the machine for all pods together; null where nothing is reserved.</param>
    /// <param name="pidsMax">As that, in processes.</param>
    public void EnsureTree(long allocatableMilliCpu, long? memoryMaxBytes, long? pidsMax)
    {
        _root.Create(new CgroupLimits { CpuShares = LinuxResources.SharesOf(allocatableMilliCpu), MemoryMaxBytes = memoryMaxBytes ?? CgroupLimits.Unlimited, PidsMax = pidsMax ?? CgroupLimits.Unlimited });
        _root.Child("burstable").Create();
        // Two shares are the kernel's least: best effort gets what nobody else wants.
        _root.Child("besteffort").Create(new CgroupLimits { CpuShares = LinuxResources.SharesOf(0) });
    }

    /// <summary>Memory of all pods that reclaim leaves alone (of the Guaranteed) or takes last (of the Burstable). cgroup v2 only.</summary>
    public void Protect(long guaranteedBytes, long burstableBytes)
    {
        _root.Apply(new CgroupLimits { MemoryMinBytes = guaranteedBytes + burstableBytes, MemoryLowBytes = burstableBytes });
        _root.Child("burstable").Apply(new CgroupLimits { MemoryLowBytes = burstableBytes });
    }

    public Cgroup Of(Pod pod) => Of(pod.Metadata.Uid, PodResources.QosClass(pod));

    /// <returns>What the runtime takes as the sandbox's parent.</returns>
    public string Ensure(Pod pod)
    {
        var cgroup = Of(pod);
        var limits = LinuxResources.OfPod(pod, PidsMax);
        if (ProtectedBytes(pod) is { } bytes)
            limits = PodResources.QosClass(pod) == PodResources.Guaranteed ? limits with { MemoryMinBytes = bytes } : limits with { MemoryLowBytes = bytes };
        cgroup.Create(Unthrottled(pod, limits));
        return cgroup.CgroupPath;
    }

    /// <summary>True for a pod, by its uid, whose CPU time is not to be held to its limit: it has CPUs of its own.</summary>
    public Func<string, bool> IsUnthrottled { get; init; } = static _ => false;

    /// <summary>Memory of a pod that reclaim spares; null for none.</summary>
    public Func<Pod, long?> ProtectedBytes { get; init; } = static _ => null;

    /// <summary>Processes that one pod may have; null for no limit.</summary>
    public long? PidsMax { get; init; }

    /// <summary>What the kernel lets a pod's container run on, in its list form; null where the container has no cgroup here.</summary>
    public (string Cpus, string Mems)? CpusOf(string podUid, string containerId)
    {
        foreach (var qos in (string[])[PodResources.Guaranteed, PodResources.Burstable, PodResources.BestEffort])
        {
            if (Of(podUid, qos).Child(containerId).Limits() is { CpusetCpus: { } cpus } limits) return (cpus, limits.CpusetMems ?? "");
        }

        return null;
    }

    private CgroupLimits Unthrottled(Pod pod, CgroupLimits limits) =>
        IsUnthrottled(pod.Metadata.Uid) ? limits with { CpuQuotaMicroseconds = CgroupLimits.Unlimited } : limits;

    /// <summary>Sets other limits for a while, as a resize needs between its steps.</summary>
    public void Limit(Pod pod, CgroupLimits limits) => Of(pod).Apply(Unthrottled(pod, limits));

    /// <summary>Kills what is left and removes the pod's cgroup, in whichever class it was made.</summary>
    public async Task RemoveAsync(string podUid, CancellationToken ct)
    {
        foreach (var qos in (string[])[PodResources.Guaranteed, PodResources.Burstable, PodResources.BestEffort])
        {
            var cgroup = Of(podUid, qos);
            if (!cgroup.Exists) continue;
            await cgroup.KillAsync(time, ct);
            await cgroup.RemoveAsync(time, ct);
        }
    }

    /// <summary>Removes the whole tree; for an instance that goes for good.</summary>
    public async Task RemoveTreeAsync(CancellationToken ct)
    {
        if (!_root.Exists) return;
        await _root.KillAsync(time, ct);
        await _root.RemoveAsync(time, ct);
    }

    public CgroupUsage? Usage(Pod pod) => Of(pod) is { Exists: true } cgroup ? cgroup.Usage() : null;

    /// <summary>Of one container of the pod, by its id; null where the runtime made its cgroup elsewhere.</summary>
    public CgroupUsage? UsageOf(Pod pod, string containerId) => Of(pod).Child(containerId) is { Exists: true } cgroup ? cgroup.Usage() : null;

    public CgroupUsage? TotalUsage() => _root.Exists ? _root.Usage() : null;

    private Cgroup Of(string podUid, string qos)
    {
        var parent = qos == PodResources.Guaranteed ? _root : _root.Child(qos.ToLowerInvariant());
        return parent.Child("pod" + podUid);
    }
}
