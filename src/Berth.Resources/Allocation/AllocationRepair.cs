using Berth.Api;
using Berth.Resources.Cpu;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>Finds other CPUs for a pod that lost some of its own, as when they were taken offline under it. Pure.</summary>
public static class AllocationRepair
{
    /// <summary>CPUs of the pod that it cannot use any more: those that are gone and, where only whole cores are given, what is left of their cores.</summary>
    public static CpuSet Lost(NodeShape shape, PodAllocation pod)
    {
        var lost = pod.Cpus - shape.Topology.AllCpus;
        if (lost.IsEmpty || shape.UnitCpus == 1)
            return lost;
        return lost | CpuSet.Of((pod.Cpus - lost).Where(c => shape.Topology.CoreOf(c).Count < shape.UnitCpus));
    }

    /// <summary>The pod with as many CPUs as before; null when the node has none that its policy allows.</summary>
    /// <remarks>
    /// First only the lost ones are replaced, near to the others, so that the pod's threads move as little as can be. Only then the
    /// whole pod moves. Its devices stay: its containers have them open.
    /// </remarks>
    public static PodAllocation? Replace(NodeShape shape, IEnumerable<PodAllocation> held, PodNeeds needs, PodAllocation pod)
    {
        var others = held.Where(h => h.PodUid != pod.PodUid).ToList();
        var lost = Lost(shape, pod);
        if (lost.IsEmpty)
            return pod;
        var kept = pod.Cpus - lost;
        var free = shape.Assignable(others.Aggregate(kept, static (all, other) => all | other.Cpus));
        var near = shape.Topology.NumaOf(kept) | pod.Memory.Aggregate(NumaSet.None, static (nodes, block) => nodes | block.Nodes);
        var strict = shape.Policy.Alignment is AlignmentPolicy.SingleNumaNode or AlignmentPolicy.Restricted;
        var found = CpuSet.Empty;
        // A pod of which nothing is left has no place to stay near to: it is placed like a new one.
        foreach (var node in near.IsEmpty ? [] : near.Members().Concat(strict ? [] : shape.Topology.Nodes.Members().Where(n => !near.Contains(n))))
        {
            var here = free & shape.Topology.CpusOf(node);
            var count = Math.Min(lost.Count - found.Count, here.Count) / shape.UnitCpus * shape.UnitCpus;
            found |= CpuPicker.Pick(shape.Topology, shape.Policy.Cpu, here, count);
        }

        if (found.Count == lost.Count)
            return Exchange(pod, lost.Zip(found).ToDictionary(p => p.First, p => p.Second));

        var alone = needs with { PodUid = pod.PodUid, Containers = needs.Containers.Select(c => c with { Devices = [] }).ToApiList() };
        return PodAllocator.Allocate(shape, others, alone) is AllocationOutcome.Granted(var moved) && moved.Cpus.Count == pod.Cpus.Count
            ? moved with { Devices = pod.Devices, Containers = moved.Containers.Select(c => c with { Devices = pod.Find(c.Name)?.Devices ?? [] }).ToApiList() }
            : null;
    }

    // Containers that share CPUs over time (init containers with later ones) go on sharing them.
    private static PodAllocation Exchange(PodAllocation pod, Dictionary<int, int> instead)
    {
        CpuSet Of(CpuSet cpus) => CpuSet.Of(cpus.Select(c => instead.GetValueOrDefault(c, c)));
        return pod with { Cpus = Of(pod.Cpus), Containers = pod.Containers.Select(c => c with { Cpus = Of(c.Cpus) }).ToApiList() };
    }
}
