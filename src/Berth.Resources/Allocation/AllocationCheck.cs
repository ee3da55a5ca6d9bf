using System.Globalization;
using Berth.Resources.Devices;
using Berth.Resources.Memory;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>Judges an allocation that somebody else made, as the node's agent does with the scheduler's. Pure.</summary>
public static class AllocationCheck
{
    /// <summary>What is wrong with it, in words; null when it gives the pod what it needs, by the node's policy, of what nobody else has.</summary>
    public static string? Problem(NodeShape shape, IEnumerable<PodAllocation> taken, PodNeeds needs, PodAllocation allocation)
    {
        var others = taken.Where(t => t.PodUid != needs.PodUid).ToList();
        if (allocation.PodUid != needs.PodUid)
            return "it is for another pod";
        if (!allocation.Cpus.IsSubsetOf(shape.AssignableCpus))
            return $"CPUs {allocation.Cpus - shape.AssignableCpus} cannot be given on this node";
        foreach (var other in others)
        {
            if (allocation.Cpus.Overlaps(other.Cpus))
                return $"CPUs {allocation.Cpus & other.Cpus} belong to pod {other.PodUid}";
        }

        return Containers(shape, needs, allocation) ?? Memory(shape, others, needs, allocation) ?? DevicesProblem(shape, others, needs, allocation);
    }

    private static string? Containers(NodeShape shape, PodNeeds needs, PodAllocation allocation)
    {
        var longRunning = CpuSet.Empty;
        var sidecars = CpuSet.Empty;
        foreach (var container in needs.Containers)
        {
            var got = allocation.Find(container.Name) ?? new ContainerAllocation { Name = container.Name };
            var own = got.OwnCpus ? got.Cpus : CpuSet.Empty;
            if (own.Count != container.Cpus)
                return string.Create(CultureInfo.InvariantCulture, $"container {container.Name} has {own.Count} CPUs, not {container.Cpus}");
            if (!got.Cpus.IsSubsetOf(allocation.Cpus))
                return $"container {container.Name} has CPUs that the pod does not hold";
            if (shape.Policy.Cpu.FullCoresOnly && own.Any(c => !shape.Topology.CoreOf(c).IsSubsetOf(own)))
                return $"container {container.Name} has a part of a core";
            if (own.Overlaps(container.RunsOn ? longRunning : sidecars))
                return $"container {container.Name} has CPUs of another container of the pod";
            if (container.RunsOn)
                longRunning |= own;
            if (container.Phase == ContainerPhase.Sidecar)
                sidecars |= own;

            foreach (var (kind, bytes) in container.Memory)
            {
                if (got.Memory.Where(b => b.Kind == kind).Sum(b => b.Bytes) != bytes)
                    return $"container {container.Name} has another amount of {kind}";
            }

            if (!shape.Policy.PodScope && Alignment(shape, got) is { } apart)
                return $"container {container.Name} {apart}";
        }

        if (needs.PodCpus > 0 && allocation.Cpus.Count != needs.PodCpus)
            return string.Create(CultureInfo.InvariantCulture, $"the pod has {allocation.Cpus.Count} CPUs, not {needs.PodCpus}");
        return shape.Policy.PodScope
            && Alignment(shape, new ContainerAllocation { Name = "", Cpus = allocation.Cpus, Memory = allocation.Memory, Devices = allocation.Devices }) is { } podApart
            ? "the pod " + podApart
            : null;
    }

    private static string? Alignment(NodeShape shape, ContainerAllocation got)
    {
        if (shape.Policy.Alignment != AlignmentPolicy.SingleNumaNode)
            return null;
        var nodes = shape.Topology.NumaOf(got.Cpus) | got.MemoryNodes;
        foreach (var key in got.Devices)
        {
            var local = shape.DeviceIndex(key) is >= 0 and var index ? shape.Topology.Devices[index].Numa : NumaSet.None;
            if (nodes.IsEmpty && !local.IsEmpty)
                nodes = local;
            else if (!local.IsEmpty && !local.Overlaps(nodes))
                return $"has {key} beside NUMA nodes {nodes}";
        }

        return nodes.Count > 1 && !(got.Cpus.IsEmpty && got.Memory.IsEmpty) ? $"is spread over NUMA nodes {nodes}" : null;
    }

    private static string? Memory(NodeShape shape, List<PodAllocation> others, PodNeeds needs, PodAllocation allocation)
    {
        var ledger = new MemoryLedger(shape);
        foreach (var block in others.SelectMany(o => o.Memory))
            ledger.Add(block);
        foreach (var block in allocation.Memory)
        {
            var kind = ledger.KindOf(block.Kind);
            if (kind < 0 || block.Nodes.IsEmpty || !block.Nodes.IsSubsetOf(shape.Topology.Nodes))
                return $"{block.Kind} of NUMA nodes {block.Nodes} does not exist";
            if (!ledger.CanGroup(block.Nodes))
                return $"NUMA nodes {block.Nodes} are in another group of memory";
            if (ledger.Free(block.Nodes, kind) < block.Bytes)
                return $"NUMA nodes {block.Nodes} do not have that much {block.Kind} free";
            ledger.Add(block);
        }

        foreach (var container in needs.Containers)
        {
            foreach (var block in allocation.Find(container.Name)?.Memory ?? [])
            {
                if (!allocation.Memory.Any(held => held.Nodes == block.Nodes && held.Kind == block.Kind && held.Bytes >= block.Bytes))
                    return $"container {container.Name} has memory that the pod does not hold";
            }
        }

        return null;
    }

    private static string? DevicesProblem(NodeShape shape, List<PodAllocation> others, PodNeeds needs, PodAllocation allocation)
    {
        var taken = new bool[shape.Topology.Devices.Count];
        foreach (var key in others.SelectMany(o => o.Devices))
        {
            if (shape.DeviceIndex(key) is >= 0 and var index)
                taken[index] = true;
        }

        var longRunning = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in allocation.Devices)
        {
            var index = shape.DeviceIndex(key);
            if (index < 0)
                return $"device {key} does not exist";
            if (DevicePicker.IsBlocked(shape, index, taken))
                return $"device {key} belongs to another pod";
        }

        foreach (var container in needs.Containers)
        {
            var got = allocation.Find(container.Name)?.Devices ?? [];
            if (got.Count != container.Devices.Sum(d => d.Count))
                return string.Create(CultureInfo.InvariantCulture, $"container {container.Name} has {got.Count} devices, not {container.Devices.Sum(d => d.Count)}");
            foreach (var key in got)
            {
                if (!allocation.Devices.Contains(key))
                    return $"container {container.Name} has device {key}, which the pod does not hold";
                if (!container.Devices.Any(r => r.Matches(shape.Topology.Devices[shape.DeviceIndex(key)])))
                    return $"container {container.Name} did not ask for device {key}";
                if (container.RunsOn && !longRunning.Add(key))
                    return $"device {key} is given to two containers";
            }
        }

        return null;
    }
}
