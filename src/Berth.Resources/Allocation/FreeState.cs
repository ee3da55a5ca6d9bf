using Berth.Resources.Devices;
using Berth.Resources.Memory;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>What is free while a search tries things out. Owned by one search.</summary>
internal sealed class FreeState
{
    public FreeState(NodeShape shape, IEnumerable<PodAllocation> taken)
    {
        Shape = shape;
        Memory = new MemoryLedger(shape);
        Taken = new bool[shape.Topology.Devices.Count];
        var cpus = CpuSet.Empty;
        foreach (var pod in taken)
        {
            cpus |= pod.Cpus;
            foreach (var block in pod.Memory)
                Memory.Add(block);
            foreach (var key in pod.Devices)
            {
                if (shape.DeviceIndex(key) is >= 0 and var index)
                    Taken[index] = true;
            }
        }

        Cpus = cpus.IsEmpty ? shape.AssignableCpus : shape.Assignable(cpus);
        Units = UnitsOf(shape, Cpus);
    }

    private FreeState(NodeShape shape, CpuSet cpus, MemoryLedger memory, bool[] taken)
    {
        Shape = shape;
        Cpus = cpus;
        Units = UnitsOf(shape, cpus);
        Memory = memory;
        Taken = taken;
    }

    public NodeShape Shape { get; }

    /// <summary>As at the beginning: what a search takes is counted in <see cref="Units"/>.</summary>
    public CpuSet Cpus { get; }

    /// <summary>By NUMA node id.</summary>
    public int[] Units { get; }

    public MemoryLedger Memory { get; }

    /// <summary>By device.</summary>
    public bool[] Taken { get; }

    /// <summary>The machine with nobody on it.</summary>
    public static FreeState Empty(NodeShape shape) => new(shape, []);

    /// <summary>Another pool of CPUs over the same node.</summary>
    public FreeState With(CpuSet cpus, MemoryLedger memory, bool[] taken) => new(Shape, cpus, memory, taken);

    public int UnitsIn(NumaSet nodes)
    {
        var sum = 0;
        foreach (var id in Shape.NodeIds)
        {
            if (nodes.Contains(id))
                sum += Units[id];
        }

        return sum;
    }

    public int FreeDevices(DeviceRequest request, NumaSet near)
    {
        var devices = Shape.Topology.Devices;
        var count = 0;
        for (var i = 0; i < devices.Count; i++)
        {
            if (request.Matches(devices[i]) && (devices[i].Numa.IsEmpty || devices[i].Numa.Overlaps(near)) && !DevicePicker.IsBlocked(Shape, i, Taken))
                count++;
        }

        return count;
    }

    /// <summary>True when the item could have all it needs from these nodes.</summary>
    public bool Fits(SearchItem item, NumaSet nodes) => FitsCpu(item, nodes) && FitsMemory(item, nodes) && FitsDevices(item, nodes);

    public bool FitsCpu(SearchItem item, NumaSet nodes) => item.Units == 0 || UnitsIn(nodes) >= item.Units;

    public bool FitsMemory(SearchItem item, NumaSet nodes)
    {
        var wants = false;
        for (var kind = 0; kind < item.Memory.Length; kind++)
        {
            if (item.Memory[kind] == 0)
                continue;
            wants = true;
            if (Memory.Free(nodes, kind) < item.Memory[kind])
                return false;
        }

        return !wants || Memory.CanGroup(nodes);
    }

    public bool FitsDevices(SearchItem item, NumaSet nodes)
    {
        if (item.Devices.Count == 0)
            return true;
        foreach (var request in item.Devices)
        {
            if (FreeDevices(request, nodes) < request.Count)
                return false;
        }

        return DevicePicker.Ways(Shape, item.Devices, nodes, Taken).Any();
    }

    public ulong Hash(int step)
    {
        var hash = Fnv.Mix(Fnv.Basis, (ulong)step);
        foreach (var id in Shape.NodeIds)
            hash = Fnv.Mix(hash, (ulong)Units[id]);
        for (var i = 0; i < Taken.Length; i++)
        {
            if (Taken[i])
                hash = Fnv.Mix(hash, (ulong)i);
        }

        return Fnv.Mix(hash, Memory.Hash());
    }

    private static int[] UnitsOf(NodeShape shape, CpuSet cpus)
    {
        var units = new int[NumaSet.IdMax + 1];
        foreach (var id in shape.NodeIds)
            units[id] = cpus.CountOf(shape.Topology.CpusOf(id)) / shape.UnitCpus;
        return units;
    }
}
