using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>Groups of NUMA nodes that could hold an item, the best first, for any number of nodes.</summary>
/// <remarks>
/// All groups of one size are looked at, cut short where the freest remaining nodes could not fill what is missing. On
/// machines with very many nodes the look ends after <see cref="GroupsMax"/> groups of a size: those then are the ones with
/// the lowest numbers, not surely the best.
/// </remarks>
internal static class NodeGroups
{
    // 16 nodes have 12,870 groups of 8: all of them are looked at; 32 nodes have 600 million.
    private const int GroupsMax = 16_384;

    /// <summary>Fitting groups of exactly <paramref name="size"/> nodes.</summary>
    public static List<NumaSet> Fitting(FreeState free, SearchItem item, int size)
    {
        var shape = free.Shape;
        var ids = shape.NodeIds;
        var found = new List<NumaSet>();
        if (size > ids.Length)
            return found;
        // Most units in any node from here on: an upper bound of what the rest of a group can add.
        var most = new int[ids.Length + 1];
        for (var i = ids.Length - 1; i >= 0; i--)
            most[i] = Math.Max(most[i + 1], free.Units[ids[i]]);
        var looked = 0;
        Extend(0, NumaSet.None, 0, 0);
        var ordered = found.Select(g => (Group: g, Cost: Cost(free, item, g))).ToList();
        ordered.Sort(static (a, b) => a.Cost.CompareTo(b.Cost));
        return [.. ordered.Select(o => o.Group)];

        void Extend(int at, NumaSet group, int count, int units)
        {
            if (count == size)
            {
                looked++;
                if (free.Fits(item, group))
                    found.Add(group);
                return;
            }

            for (var i = at; i <= ids.Length - (size - count) && looked < GroupsMax; i++)
            {
                if (units + (long)most[i] * (size - count) < item.Units)
                    return;
                Extend(i + 1, group | NumaSet.Of(ids[i]), count + 1, units + free.Units[ids[i]]);
            }
        }
    }

    /// <summary>
    /// What choosing the group costs the node: first sockets where they are the unit, then devices left stranded beside a
    /// container that needs none, a new group of memory, CPUs (else memory) left over, distance, number.
    /// </summary>
    private static (int Sockets, int Stranded, int NewGroup, long Left, long Distance, ulong Bits) Cost(FreeState free, SearchItem item, NumaSet group)
    {
        var shape = free.Shape;
        var stranded = 0;
        if (item.Devices.Count == 0)
        {
            var devices = shape.Topology.Devices;
            for (var i = 0; i < devices.Count; i++)
            {
                if (!free.Taken[i] && devices[i].Numa.Overlaps(group))
                    stranded++;
            }
        }

        var left = item.Units > 0 ? free.UnitsIn(group) - item.Units : 0L;
        if (item.Units == 0)
        {
            for (var kind = 0; kind < item.Memory.Length; kind++)
            {
                if (item.Memory[kind] > 0)
                    left += free.Memory.Free(group, kind) - item.Memory[kind];
            }
        }

        return (
            shape.Policy.Cpu.AlignBySocket ? shape.SocketCount(group) : 0,
            stranded,
            item.WantsMemory && group.Count > 1 && !free.Memory.IsGroup(group) ? 1 : 0,
            left,
            shape.Topology.DistanceWithin(group),
            group.Bits);
    }
}
