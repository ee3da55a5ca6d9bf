using Berth.Api.Core.V1;
using Berth.Node.Cri.V1;
using Berth.Node.NodeStatus;
using Berth.Node.PodSync;

namespace Berth.Node.Lifecycle.Eviction;

/// <summary>Keeps new pods off a node that evicts: none while the disk is short, none without requests while memory is. The node's own pods come in all the same.</summary>
public sealed class PressureGuard(NodePressure pressure) : IResourceOwner
{
    public ValueTask<AdmissionRefusal?> AdmitAsync(Pod pod, CancellationToken ct)
    {
        if (EvictionRanking.IsCritical(pod)) return ValueTask.FromResult<AdmissionRefusal?>(null);
        var signals = pressure.Now;
        var conditions = new List<string>();
        if (signals.Memory) conditions.Add("MemoryPressure");
        if (signals.Disk) conditions.Add("DiskPressure");
        if (signals.Pids) conditions.Add("PIDPressure");
        if (conditions.Count == 0) return ValueTask.FromResult<AdmissionRefusal?>(null);
        // A pod that asked for memory has a claim to it, and whoever accepts the pressure may come.
        if (conditions is ["MemoryPressure"] && (PodResources.QosClass(pod) != PodResources.BestEffort || Tolerates(pod))) return ValueTask.FromResult<AdmissionRefusal?>(null);
        return ValueTask.FromResult<AdmissionRefusal?>(new AdmissionRefusal("Evicted", $"The node had condition: [{string.Join(' ', conditions)}]. "));
    }

    public ValueTask ConfigureAsync(Pod pod, PodContainer container, ContainerConfig config, CancellationToken ct) => ValueTask.CompletedTask;

    public void Release(string podUid)
    {
    }

    private static bool Tolerates(Pod pod) => pod.Spec.Tolerations.Any(t =>
        (t.Key == "node.kubernetes.io/memory-pressure" || (t.Key.Length == 0 && t.Operator == "Exists")) && t.Effect is "" or "NoSchedule");
}
