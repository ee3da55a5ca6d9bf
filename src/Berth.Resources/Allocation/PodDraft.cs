using Berth.Api;
using Berth.Resources.Cpu;
using Berth.Resources.Devices;
using Berth.Resources.Memory;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>
/// Turns places into exact sets: which CPUs, which devices, which blocks of memory each container gets. Containers that run
/// to the pod's end come first; init containers then use what those will need later, and as little besides as possible.
/// </summary>
internal sealed class PodDraft(FreeState before, PodNeeds needs)
{
    private readonly NodeShape _shape = before.Shape;
    private readonly ContainerAllocation?[] _drafts = new ContainerAllocation?[needs.Containers.Count];
    private CpuSet _podCpus = CpuSet.Empty;
    private ApiList<string> _podDevices = [];

    /// <param name="indexes">Of the container that each placement is for.</param>
    /// <returns>Null when an init container finds no place beside the others.</returns>
    public PodAllocation? ByContainer(IReadOnlyList<int> indexes, Placement[] placements)
    {
        var free = before.Cpus;
        // In the pod's order, whatever order they were placed in: the first named gets the first CPUs.
        foreach (var p in Enumerable.Range(0, indexes.Count).OrderBy(p => indexes[p]))
        {
            var cpus = PickDivided(free, placements[p].Units);
            free -= cpus;
            Give(indexes[p], cpus, placements[p].MemoryNodes, placements[p].Devices);
        }

        return PlaceInits(0) ? Finish() : null;
    }

    /// <summary>All containers within one place.</summary>
    /// <param name="deviceCounts">By container, how many of the placement's devices are its own.</param>
    public PodAllocation? AsWhole(Placement place, IReadOnlyList<int> deviceCounts)
    {
        var bubble = PickDivided(before.Cpus, place.Units);
        var free = bubble;
        var nextDevice = 0;
        for (var i = 0; i < needs.Containers.Count; i++)
        {
            var container = needs.Containers[i];
            if (!container.RunsOn)
                continue;
            var cpus = PickCompact(free, container.Cpus);
            free -= cpus;
            Give(i, cpus, place.MemoryNodes, place.Devices[nextDevice..(nextDevice + deviceCounts[i])]);
            nextDevice += deviceCounts[i];
        }

        _podCpus = bubble;
        _podDevices = place.Devices.Select(d => _shape.Topology.Devices[d].Key).Order(StringComparer.Ordinal).ToApiList();
        for (var i = 0; i < needs.Containers.Count; i++)
        {
            var container = needs.Containers[i];
            if (container.RunsOn || container.IsEmpty)
                continue;
            var pool = bubble - CpusOfSidecarsBefore(i);
            var near = place.CpuNodes | place.MemoryNodes;
            if (Devices(i, container.Devices, near.IsEmpty ? _shape.Topology.Nodes : near) is not { } chosen)
                return null;
            Give(i, PickCompact(pool, container.Cpus), place.MemoryNodes, chosen);
        }

        if (needs.PodCpus > 0 || !needs.PodMemory.IsEmpty)
            ShareRest(bubble, free, place.MemoryNodes);
        return Finish();
    }

    private void Give(int index, CpuSet cpus, NumaSet memoryNodes, IReadOnlyList<int> devices)
    {
        var container = needs.Containers[index];
        var draft = new ContainerAllocation
        {
            Name = container.Name,
            Cpus = cpus,
            OwnCpus = !cpus.IsEmpty,
            Memory = container.Memory.Select(m => new MemoryBlock(memoryNodes, m.Key, m.Value)).ToApiList(),
            Devices = devices.Select(d => _shape.Topology.Devices[d].Key).Order(StringComparer.Ordinal).ToApiList(),
        };
        _drafts[index] = draft.IsEmpty ? null : draft;
    }

    // Containers without CPUs of their own run on what the pod's others leave.
    private void ShareRest(CpuSet bubble, CpuSet rest, NumaSet memoryNodes)
    {
        var left = needs.PodMemory;
        foreach (var container in needs.Containers.Where(c => c.RunsOn))
        {
            foreach (var (kind, bytes) in container.Memory)
                left = left.With(kind, left.GetOr(kind) - bytes);
        }

        for (var i = 0; i < needs.Containers.Count; i++)
        {
            var container = needs.Containers[i];
            var draft = _drafts[i] ?? new ContainerAllocation { Name = container.Name };
            if (container.Cpus == 0 && needs.PodCpus > 0)
                draft = draft with { Cpus = container.RunsOn ? rest : bubble - CpusOfSidecarsBefore(i) };
            if (container.Memory.IsEmpty)
                draft = draft with { Memory = left.Where(m => m.Value > 0).Select(m => new MemoryBlock(memoryNodes, m.Key, m.Value)).ToApiList() };
            _drafts[i] = draft.IsEmpty ? null : draft;
        }
    }

    // One after the other; where an earlier one's group of memory stands in a later one's way, the earlier one moves.
    private bool PlaceInits(int index)
    {
        while (index < needs.Containers.Count && (needs.Containers[index].RunsOn || needs.Containers[index].IsEmpty))
            index++;
        if (index == needs.Containers.Count)
            return true;
        var container = needs.Containers[index];
        var pool = before.Cpus - CpusOfSidecarsBefore(index);
        var memory = before.Memory.Copy();
        var taken = before.Taken.ToArray();
        for (var i = 0; i < needs.Containers.Count; i++)
        {
            if (_drafts[i] is not { } draft)
                continue;
            var stays = i < index && needs.Containers[i].Phase == ContainerPhase.Sidecar;
            // What ends before or begins after takes no room, but its groups of nodes stand.
            foreach (var block in draft.Memory)
                memory.Add(stays ? block : block with { Bytes = 0 });
            foreach (var key in stays ? draft.Devices : [])
                taken[_shape.DeviceIndex(key)] = true;
        }

        var free = before.With(pool, memory, taken);
        var item = SearchItems.Of(_shape, container);
        var own = Own() & pool;
        var ownDevices = OwnDevices();
        // A stable sort: among groups that reuse as much, the order of preference stands.
        foreach (var groups in PlacementSearch.Groups(free, item).Take(InitGroupsMax).OrderByDescending(g => Math.Min(container.Cpus, CountIn(own, g.Cpu))))
        {
            if (DevicePicker.Ways(_shape, item.Devices, groups.Devices, taken, ownDevices).FirstOrDefault() is not { } devices)
                continue;
            var reused = PickWithin(own, groups.Cpu, Math.Min(container.Cpus, CountIn(own, groups.Cpu)) / _shape.UnitCpus);
            var fresh = PickWithin(pool - own, groups.Cpu, (container.Cpus - reused.Count) / _shape.UnitCpus);
            Give(index, reused | fresh, groups.Memory, devices);
            if (PlaceInits(index + 1))
                return true;
            _drafts[index] = null;
        }

        return false;
    }

    // The groups come with the best first; among the next ones, one that reuses more of the pod's CPUs is better still.
    private const int InitGroupsMax = 64;

    private int[]? Devices(int index, IReadOnlyList<DeviceRequest> requests, NumaSet near)
    {
        var taken = before.Taken.ToArray();
        for (var i = 0; i < index; i++)
        {
            if (needs.Containers[i].Phase != ContainerPhase.Sidecar || _drafts[i] is not { } sidecar)
                continue;
            foreach (var key in sidecar.Devices)
                taken[_shape.DeviceIndex(key)] = true;
        }

        return DevicePicker.Ways(_shape, requests, near, taken, OwnDevices()).FirstOrDefault()
            ?? DevicePicker.Ways(_shape, requests, _shape.Topology.Nodes, taken, OwnDevices()).FirstOrDefault();
    }

    private CpuSet CpusOfSidecarsBefore(int index)
    {
        var cpus = CpuSet.Empty;
        for (var i = 0; i < index; i++)
        {
            if (needs.Containers[i].Phase == ContainerPhase.Sidecar && _drafts[i] is { OwnCpus: true } sidecar)
                cpus |= sidecar.Cpus;
        }

        return cpus;
    }

    private CpuSet Own() => _drafts.Aggregate(CpuSet.Empty, static (all, draft) => draft is null ? all : all | draft.Cpus);

    private bool[] OwnDevices()
    {
        var own = new bool[_shape.Topology.Devices.Count];
        foreach (var key in _drafts.OfType<ContainerAllocation>().SelectMany(d => d.Devices).Concat(_podDevices))
            own[_shape.DeviceIndex(key)] = true;
        return own;
    }

    private int CountIn(CpuSet cpus, NumaSet nodes) => nodes.Members().Sum(n => cpus.CountOf(_shape.Topology.CpusOf(n)));

    private CpuSet PickDivided(CpuSet free, int[] units)
    {
        var picked = CpuSet.Empty;
        foreach (var node in _shape.NodeIds)
        {
            if (units[node] > 0)
                picked |= CpuPicker.Pick(_shape.Topology, _shape.Policy.Cpu, free & _shape.Topology.CpusOf(node), units[node] * _shape.UnitCpus);
        }

        return picked;
    }

    private CpuSet PickWithin(CpuSet free, NumaSet nodes, int units)
    {
        if (units == 0)
            return CpuSet.Empty;
        var there = new int[NumaSet.IdMax + 1];
        foreach (var node in nodes.Members())
            there[node] = free.CountOf(_shape.Topology.CpusOf(node)) / _shape.UnitCpus;
        return PickDivided(free, CpuDivision.Packed(there, [.. nodes.Members()], units));
    }

    // From as few nodes as possible: the one that fits best, else the fullest ones.
    private CpuSet PickCompact(CpuSet free, int count)
    {
        if (count == 0)
            return CpuSet.Empty;
        var there = _shape.NodeIds.Select(n => (Node: n, Count: free.CountOf(_shape.Topology.CpusOf(n)))).Where(n => n.Count > 0).ToList();
        var fit = there.Where(n => n.Count >= count).OrderBy(n => n.Count).ThenBy(n => n.Node).Select(n => (int?)n.Node).FirstOrDefault();
        if (fit is { } node)
            return CpuPicker.Pick(_shape.Topology, _shape.Policy.Cpu, free & _shape.Topology.CpusOf(node), count);
        if (_shape.Policy.Cpu.DistributeAcrossNuma)
        {
            var units = new int[NumaSet.IdMax + 1];
            foreach (var (n, c) in there)
                units[n] = c / _shape.UnitCpus;
            return PickDivided(free, CpuDivision.Even(units, [.. there.Select(n => n.Node)], count / _shape.UnitCpus));
        }

        var picked = CpuSet.Empty;
        foreach (var (n, c) in there.OrderByDescending(n => n.Count).ThenBy(n => n.Node))
        {
            picked |= CpuPicker.Pick(_shape.Topology, _shape.Policy.Cpu, free & _shape.Topology.CpusOf(n), Math.Min(c, count - picked.Count));
            if (picked.Count == count)
                break;
        }

        return picked;
    }

    private PodAllocation Finish()
    {
        var containers = _drafts.OfType<ContainerAllocation>().ToApiList();
        return new()
        {
            PodUid = needs.PodUid,
            Containers = containers,
            Cpus = _podCpus | Own(),
            Memory = HeldMemory(),
            Devices = containers.SelectMany(c => c.Devices).Concat(_podDevices).Distinct().Order(StringComparer.Ordinal).ToApiList(),
        };
    }

    private ApiList<MemoryBlock> HeldMemory()
    {
        if (!needs.PodMemory.IsEmpty)
        {
            var nodes = _drafts.OfType<ContainerAllocation>().Select(d => d.MemoryNodes).FirstOrDefault(n => !n.IsEmpty);
            return needs.PodMemory.Select(m => new MemoryBlock(nodes, m.Key, m.Value)).ToApiList();
        }

        var sidecars = new Dictionary<(NumaSet, string), long>();
        var most = new Dictionary<(NumaSet, string), long>();
        for (var i = 0; i < needs.Containers.Count; i++)
        {
            foreach (var block in _drafts[i]?.Memory ?? [])
            {
                var key = (block.Nodes, block.Kind);
                var now = sidecars.GetValueOrDefault(key) + block.Bytes;
                if (needs.Containers[i].RunsOn)
                    sidecars[key] = now;
                most[key] = Math.Max(most.GetValueOrDefault(key), now);
            }
        }

        return most.OrderBy(m => m.Key.Item1.Bits).ThenBy(m => m.Key.Item2, StringComparer.Ordinal)
            .Select(m => new MemoryBlock(m.Key.Item1, m.Key.Item2, m.Value)).ToApiList();
    }
}
