using System.Globalization;
using Berth.Api;
using Berth.Resources.Devices;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>A node as the allocator sees it: its topology under its policy, worked out once. Immutable.</summary>
public sealed class NodeShape
{
    private readonly Dictionary<string, int> _deviceIndexes;
    private readonly ulong[] _socketsOfNode = new ulong[NumaSet.IdMax + 1];

    public NodeShape(NodeTopology topology, NodePolicy policy)
    {
        Topology = topology;
        Policy = policy;
        ReservedCpus = policy.ReservedCpus & topology.AllCpus;
        UnitCpus = policy.Cpu.FullCoresOnly ? topology.ThreadsPerCore : 1;
        NodeIds = [.. topology.NumaNodes.Select(n => n.Id)];
        // A core of which one thread is reserved cannot be given whole.
        AssignableCpus = Assignable(CpuSet.Empty);
        DeviceResources = topology.Devices.Select(d => d.Resource).ToHashSet(StringComparer.Ordinal);
        Capacity = new long[NumaSet.IdMax + 1, topology.MemoryNames.Count];
        foreach (var node in topology.NumaNodes)
        {
            var reserved = policy.ReservedMemory.GetOr(node.Id.ToString(CultureInfo.InvariantCulture)) ?? [];
            for (var k = 0; k < topology.MemoryNames.Count; k++)
                Capacity[node.Id, k] = Math.Max(0, node.Memory.GetOr(topology.MemoryNames[k]) - reserved.GetOr(topology.MemoryNames[k]));
        }

        var sockets = topology.Cpus.Select(c => c.Socket).Distinct().Order().ToList();
        foreach (var cpu in topology.Cpus)
            _socketsOfNode[cpu.Numa] |= 1UL << (sockets.IndexOf(cpu.Socket) & 63);

        _deviceIndexes = topology.Devices.Select((d, i) => (d.Key, i)).ToDictionary(p => p.Key, p => p.i, StringComparer.Ordinal);
        (DeviceConflicts, DeviceClasses) = Relate(topology.Devices);
    }

    public NodeTopology Topology { get; }

    public NodePolicy Policy { get; }

    public CpuSet ReservedCpus { get; }

    /// <summary>CPUs that a pod could get for itself on the empty machine.</summary>
    public CpuSet AssignableCpus { get; }

    /// <summary>CPUs are given in multiples of this.</summary>
    public int UnitCpus { get; }

    public IReadOnlySet<string> DeviceResources { get; }

    internal int[] NodeIds { get; }

    /// <summary>Bytes for pods, by NUMA node id and position in <see cref="NodeTopology.MemoryNames"/>.</summary>
    internal long[,] Capacity { get; }

    /// <summary>By device, the wholes and parts that it cannot be given beside.</summary>
    internal int[][] DeviceConflicts { get; }

    /// <summary>Devices of one class are alike in all that matters: which of them is given makes no difference.</summary>
    internal int[] DeviceClasses { get; }

    /// <summary>CPUs that containers without their own run on, while others hold <paramref name="taken"/>. Never empty: the reserved ones are the last resort.</summary>
    public CpuSet SharedPool(CpuSet taken)
    {
        var pool = Topology.AllCpus - taken;
        var strict = Policy.Cpu is { Static: true, StrictReservation: true } ? pool - ReservedCpus : pool;
        return !strict.IsEmpty ? strict : !pool.IsEmpty ? pool : ReservedCpus.IsEmpty ? Topology.AllCpus : ReservedCpus;
    }

    /// <summary>CPUs that can be given while others hold <paramref name="taken"/>.</summary>
    public CpuSet Assignable(CpuSet taken)
    {
        var free = Topology.AllCpus - ReservedCpus - taken;
        return Policy.Cpu.FullCoresOnly && Topology.ThreadsPerCore > 1
            ? CpuSet.Of(Topology.Cores.Select(Topology.CoreOf).Where(c => c.Count == Topology.ThreadsPerCore && c.IsSubsetOf(free)).SelectMany(c => c))
            : free;
    }

    /// <summary>-1 for one that the node does not have.</summary>
    internal int DeviceIndex(string key) => _deviceIndexes.GetValueOrDefault(key, -1);

    internal int SocketCount(NumaSet nodes)
    {
        var sockets = 0UL;
        for (var rest = nodes.Bits; rest != 0; rest &= rest - 1)
            sockets |= _socketsOfNode[System.Numerics.BitOperations.TrailingZeroCount(rest)];
        return System.Numerics.BitOperations.PopCount(sockets);
    }

    private static (int[][] Conflicts, int[] Classes) Relate(IReadOnlyList<Device> devices)
    {
        var conflicts = new int[devices.Count][];
        var byParent = devices.Select((d, i) => (d.Parent, i)).Where(p => p.Parent.Length > 0).ToLookup(p => p.Parent, p => p.i, StringComparer.Ordinal);
        var byKey = devices.Select((d, i) => (d.Key, i)).ToDictionary(p => p.Key, p => p.i, StringComparer.Ordinal);
        var known = new Dictionary<(string, NumaSet, ApiMap<string>, ApiMap<long>, int), int>();
        var classes = new int[devices.Count];
        for (var i = 0; i < devices.Count; i++)
        {
            var device = devices[i];
            var related = byParent[device.Key].ToList();
            if (device.Parent.Length > 0 && byKey.TryGetValue(device.Parent, out var parent))
                related.Add(parent);
            conflicts[i] = [.. related];
            // Wholes and parts are each of their own kind: giving one changes what is left of its relatives.
            var own = related.Count > 0 ? i : -1;
            var key = (device.Resource, device.Numa, device.Attributes, device.Capacity, own);
            if (!known.TryGetValue(key, out classes[i]))
                known.Add(key, classes[i] = known.Count);
        }

        return (conflicts, classes);
    }
}
