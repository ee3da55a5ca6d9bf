using System.Globalization;
using Berth.Api;
using Berth.Linux.Machine;
using Berth.Resources.Devices;
using Berth.Resources.Topology;

namespace Berth.Node.Resources;

/// <summary>The machine that sysfs shows, in the allocator's terms.</summary>
public static class MachineTopology
{
    public static NodeTopology Of(MachineInfo machine, IEnumerable<Device>? devices = null)
    {
        var online = machine.Cpus.Select(c => c.Cpu).ToHashSet();
        return new(
            // The siblings of a core that has a thread offline still name it: the core goes by the lowest that is there.
            machine.Cpus.Select(c => new CpuThread(c.Cpu, c.Siblings.Where(online.Contains).DefaultIfEmpty(c.Cpu).Min(), c.Socket, c.NumaNode, c.L3Cache)),
            machine.NumaNodes.Select(node => new NumaNode(node.Node, MemoryOf(node), DistancesOf(node, machine.NumaNodes))),
            devices);
    }

    private static ApiMap<long> MemoryOf(NumaNodeInfo node)
    {
        var huge = node.HugePages.Sum(p => p.Key * p.Value);
        var memory = ApiMap<long>.Empty.With("memory", node.MemoryBytes - huge);
        foreach (var (size, count) in node.HugePages)
            memory = memory.With("hugepages-" + Quantity.FromBytes(size), size * count);
        return memory;
    }

    private static ApiMap<long> DistancesOf(NumaNodeInfo node, IReadOnlyList<NumaNodeInfo> nodes)
    {
        var distances = ApiMap<long>.Empty;
        for (var i = 0; i < Math.Min(node.Distances.Count, nodes.Count); i++)
            distances = distances.With(nodes[i].Node.ToString(CultureInfo.InvariantCulture), node.Distances[i]);
        return distances;
    }
}
