using Berth.Resources.Devices;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>
/// Finds places for all items of a pod at once: depth first over groups of nodes, divisions of CPUs among a group's nodes
/// and devices, each in the order of preference. States that led nowhere are remembered.
/// </summary>
internal sealed class PlacementSearch(FreeState free, IReadOnlyList<SearchItem> items, Func<Placement[], bool> complete)
{
    // Far more than any pod needs whose containers are alike; past it the pod waits, and the reason says so.
    private const int StepsMax = 50_000;

    private readonly NodeShape _shape = free.Shape;
    private readonly Placement[] _placed = new Placement[items.Count];
    private readonly HashSet<ulong> _failed = [];
    private int _steps;

    public bool GaveUp => _steps > StepsMax;

    /// <summary>By item; null when there is no way, or none was found in time.</summary>
    public Placement[]? Run()
    {
        // What is hardest to place goes first: it leaves the fewest ways to fail later.
        var order = Enumerable.Range(0, items.Count)
            .OrderByDescending(i => items[i].Units)
            .ThenByDescending(i => items[i].Devices.Sum(d => (long)d.Count))
            .ThenByDescending(i => items[i].Memory.Sum())
            .ThenBy(i => i)
            .ToArray();
        return Place(0) ? _placed : null;

        bool Place(int step)
        {
            if (step == order.Length)
                return complete(_placed);
            var hash = free.Hash(step);
            if (_failed.Contains(hash))
                return false;
            var index = order[step];
            var item = items[index];
            foreach (var (cpuNodes, memoryNodes, deviceNodes) in Groups(free, item))
            {
                foreach (var units in Divisions(cpuNodes, item.Units, last: step == order.Length - 1))
                {
                    foreach (var devices in DevicePicker.Ways(_shape, item.Devices, deviceNodes, free.Taken))
                    {
                        if (++_steps > StepsMax)
                            return false;
                        var mark = Take(item, units, memoryNodes, devices);
                        _placed[index] = new(cpuNodes, units, memoryNodes, devices);
                        if (Place(step + 1))
                            return true;
                        GiveBack(units, mark, devices);
                    }
                }
            }

            _failed.Add(hash);
            return false;
        }
    }

    /// <summary>Nodes for CPUs, memory and devices, in the order of preference and as the node's policy allows.</summary>
    public static IEnumerable<(NumaSet Cpu, NumaSet Memory, NumaSet Devices)> Groups(FreeState free, SearchItem item)
    {
        var shape = free.Shape;
        if (item.Units == 0 && item.Devices.Count == 0 && !item.WantsMemory)
        {
            yield return default;
            yield break;
        }

        var strict = shape.Policy.Alignment is AlignmentPolicy.SingleNumaNode or AlignmentPolicy.Restricted;
        var bySocket = shape.Policy.Cpu.AlignBySocket;
        var width = strict ? Width(shape, item) : 0;
        for (var size = 1; size <= shape.NodeIds.Length; size++)
        {
            if (strict && !bySocket && size != width)
                continue;
            foreach (var group in NodeGroups.Fitting(free, item, size))
            {
                if (!strict || !bySocket || shape.SocketCount(group) <= width)
                    yield return (group, group, group);
            }
        }

        if (strict)
            yield break;

        // Apart: each kind where there is room for it.
        var all = shape.Topology.Nodes;
        var cpu = item with { Memory = new long[item.Memory.Length], Devices = [] };
        var cpuNodes = item.Units == 0 ? NumaSet.None : Narrowest(free, cpu);
        if (item.Units > 0 && cpuNodes.IsEmpty)
            yield break;
        if (!item.WantsMemory)
        {
            yield return (cpuNodes, NumaSet.None, all);
            yield break;
        }

        var memory = item with { Units = 0, Devices = [] };
        for (var size = 1; size <= shape.NodeIds.Length; size++)
        {
            foreach (var group in NodeGroups.Fitting(free, memory, size))
                yield return (cpuNodes, group, all);
        }
    }

    /// <summary>Nodes (sockets where they are the unit) that the item may be spread over: what the empty machine would take; 0 when it has not enough.</summary>
    public static int Width(NodeShape shape, SearchItem item)
    {
        if (shape.Policy.Alignment == AlignmentPolicy.SingleNumaNode)
            return 1;
        var empty = FreeState.Empty(shape);
        var bySocket = shape.Policy.Cpu.AlignBySocket;
        var best = 0;
        for (var size = 1; size <= shape.NodeIds.Length; size++)
        {
            foreach (var group in NodeGroups.Fitting(empty, item, size))
            {
                var width = bySocket ? shape.SocketCount(group) : size;
                best = best == 0 ? width : Math.Min(best, width);
            }

            if (best > 0 && (!bySocket || best == 1))
                return best;
        }

        return best;
    }

    private static NumaSet Narrowest(FreeState free, SearchItem item)
    {
        for (var size = 1; size <= free.Shape.NodeIds.Length; size++)
        {
            if (NodeGroups.Fitting(free, item, size) is { Count: > 0 } groups)
                return groups[0];
        }

        return NumaSet.None;
    }

    /// <summary>How many units each node of the group gives; the preferred way first, all others only where they can matter to what is placed later.</summary>
    private IEnumerable<int[]> Divisions(NumaSet nodes, int units, bool last)
    {
        var ids = nodes.Members().ToArray();
        var preferred = _shape.Policy.Cpu.DistributeAcrossNuma ? CpuDivision.Even(free.Units, ids, units) : CpuDivision.Packed(free.Units, ids, units);
        yield return preferred;
        if (units == 0 || ids.Length < 2 || last || _shape.Policy.Alignment != AlignmentPolicy.Restricted)
            yield break;
        foreach (var other in CpuDivision.All(free.Units, ids, units))
        {
            if (!other.AsSpan().SequenceEqual(preferred))
                yield return other;
        }
    }

    private int Take(SearchItem item, int[] units, NumaSet memoryNodes, int[] devices)
    {
        var mark = free.Memory.Mark;
        for (var id = 0; id < units.Length; id++)
            free.Units[id] -= units[id];
        for (var kind = 0; kind < item.Memory.Length; kind++)
        {
            if (item.Memory[kind] > 0)
                free.Memory.Add(memoryNodes, kind, item.Memory[kind]);
        }

        foreach (var device in devices)
            free.Taken[device] = true;
        return mark;
    }

    private void GiveBack(int[] units, int mark, int[] devices)
    {
        for (var id = 0; id < units.Length; id++)
            free.Units[id] += units[id];
        free.Memory.Undo(mark);
        foreach (var device in devices)
            free.Taken[device] = false;
    }
}
