using Berth.Resources.Allocation;
using Berth.Resources.Topology;

namespace Berth.Resources.Memory;

/// <summary>
/// Who has memory from which group of NUMA nodes. Groups never overlap partly: the kernel takes a group's memory from any of
/// its nodes, so a node in two groups could be promised twice. The same rule as Kubernetes' Static policy.
/// </summary>
internal sealed class MemoryLedger(NodeShape shape)
{
    private readonly List<(NumaSet Nodes, int Kind, long Bytes)> _blocks = [];

    public MemoryLedger Copy()
    {
        var copy = new MemoryLedger(shape);
        copy._blocks.AddRange(_blocks);
        return copy;
    }

    public int Mark => _blocks.Count;

    public void Add(NumaSet nodes, int kind, long bytes) => _blocks.Add((nodes, kind, bytes));

    public void Add(MemoryBlock block)
    {
        // Memory of a kind or a node that is gone meanwhile takes nothing from what is there.
        var kind = KindOf(block.Kind);
        if (kind >= 0)
            Add(block.Nodes, kind, block.Bytes);
    }

    public void Undo(int mark) => _blocks.RemoveRange(mark, _blocks.Count - mark);

    public int KindOf(string name)
    {
        for (var k = 0; k < shape.Topology.MemoryNames.Count; k++)
        {
            if (shape.Topology.MemoryNames[k] == name)
                return k;
        }

        return -1;
    }

    /// <summary>True when no group shares a part of the nodes only.</summary>
    public bool CanGroup(NumaSet nodes)
    {
        foreach (var block in _blocks)
        {
            if (block.Nodes != nodes && block.Nodes.Overlaps(nodes))
                return false;
        }

        return true;
    }

    public bool IsGroup(NumaSet nodes)
    {
        foreach (var block in _blocks)
        {
            if (block.Nodes == nodes)
                return true;
        }

        return false;
    }

    /// <summary>Bytes that the group has left; only meaningful where <see cref="CanGroup"/>.</summary>
    public long Free(NumaSet nodes, int kind)
    {
        var free = 0L;
        foreach (var id in shape.NodeIds)
        {
            if (nodes.Contains(id))
                free += shape.Capacity[id, kind];
        }

        foreach (var block in _blocks)
        {
            if (block.Kind == kind && block.Nodes == nodes)
                free -= block.Bytes;
        }

        return free;
    }

    /// <summary>Mixes the state into a hash; the order of the blocks does not matter.</summary>
    public ulong Hash()
    {
        var sum = 0UL;
        foreach (var (nodes, kind, bytes) in _blocks)
            sum += Fnv.Mix(Fnv.Mix(Fnv.Mix(Fnv.Basis, nodes.Bits), (ulong)kind), (ulong)bytes);
        return sum;
    }
}
