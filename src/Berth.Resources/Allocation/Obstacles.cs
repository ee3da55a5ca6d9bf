using System.Globalization;
using Berth.Resources.Topology;

namespace Berth.Resources.Allocation;

/// <summary>Finds out, after the fact, what stands in a pod's way, in words with numbers.</summary>
internal static class Obstacles
{
    /// <summary>What no arrangement could cure; null when the sums are right.</summary>
    public static Refusal? OfSums(FreeState free, PodNeeds needs)
    {
        var shape = free.Shape;
        if (Smt(free, needs) is { } smt)
            return smt;
        if (EmptyPool(needs) is { } empty)
            return empty;

        var item = SearchItems.OfPod(shape, needs, out _);
        var cpus = needs.PodCpus > 0 ? needs.PodCpus : SearchItems.Most(needs, c => c.Cpus);
        if (cpus > free.Cpus.Count)
        {
            var unit = shape.UnitCpus > 1 ? " of whole cores" : "";
            var message = Text($"needs {cpus} exclusive CPUs{unit}; {free.Cpus.Count} are free (of {shape.AssignableCpus.Count}, {shape.ReservedCpus.Count} reserved)");
            return shape.UnitCpus > 1
                ? new(Refusal.Smt, message, cpus <= shape.AssignableCpus.Count)
                : new(Refusal.Insufficient, message, cpus <= shape.AssignableCpus.Count);
        }

        for (var kind = 0; kind < item.Memory.Length; kind++)
        {
            var most = shape.Topology.Nodes.Members().Sum(n => shape.Capacity[n, kind]);
            if (item.Memory[kind] > most)
                return new(Refusal.Insufficient, Text($"needs {Bytes(item.Memory[kind])} of {shape.Topology.MemoryNames[kind]}; all NUMA nodes have {Bytes(most)} for pods"), false);
        }

        foreach (var kind in needs.Containers.SelectMany(c => c.Memory.Keys).Concat(needs.PodMemory.Keys))
        {
            if (!shape.Topology.MemoryNames.Contains(kind))
                return new(Refusal.Insufficient, $"needs {kind}, of which the node has none", false);
        }

        foreach (var resource in item.Devices.GroupBy(d => d.Resource))
        {
            var asked = resource.Sum(d => (long)d.Count);
            var there = resource.First() with { Attributes = [], CapacityMin = [] };
            var freeCount = free.FreeDevices(there, shape.Topology.Nodes);
            var total = FreeState.Empty(shape).FreeDevices(there, shape.Topology.Nodes);
            if (asked > freeCount)
                return new(Refusal.Insufficient, Text($"needs {asked} {resource.Key}; {freeCount} of {total} are free"), asked <= total);
            foreach (var request in resource)
            {
                var matching = free.FreeDevices(request, shape.Topology.Nodes);
                if (request.Count > matching)
                    return new(Refusal.Insufficient, Text($"needs {request.Count} {resource.Key} with the properties asked for; {matching} such are free"), request.Count <= FreeState.Empty(shape).FreeDevices(request, shape.Topology.Nodes));
            }
        }

        return null;
    }

    /// <summary>Why there is no arrangement although the sums are right.</summary>
    public static Refusal OfPlaces(FreeState free, PodNeeds needs, IReadOnlyList<SearchItem> items, bool gaveUp)
    {
        if (gaveUp)
            return new(Refusal.Topology, "no arrangement of its containers on the NUMA nodes was found in time", true);
        foreach (var item in items)
        {
            if (PlacementSearch.Groups(free, item).Any())
                continue;
            return Of(free, item);
        }

        return needs.Containers.Any(c => !c.RunsOn && !c.IsEmpty)
            ? new(Refusal.Topology, "its containers fit on the NUMA nodes one by one, but not together, its init containers counted in", true)
            : new(Refusal.Topology, $"{string.Join(" and ", items.Select(i => i.Label))} fit on the NUMA nodes each alone, but not together", true);
    }

    // One item that finds no group of nodes.
    private static Refusal Of(FreeState free, SearchItem item)
    {
        var shape = free.Shape;
        var strict = shape.Policy.Alignment is AlignmentPolicy.SingleNumaNode or AlignmentPolicy.Restricted;
        var width = strict ? PlacementSearch.Width(shape, item) : shape.NodeIds.Length;
        if (strict && (width == 0 || !Could(shape, item, width)))
            return new(Refusal.Topology, $"{item.Label} needs more than {Where(shape, Math.Max(1, width))} of this machine has: {Wants(shape, item)}", false);

        var obstacles = new List<string>();
        if (item.Units > 0 && Most(free, width, item with { Memory = new long[item.Memory.Length], Devices = [], Units = 0 }, free.UnitsIn) is var units && units < item.Units)
            obstacles.Add(Text($"needs {item.Units * shape.UnitCpus} CPUs on {Where(shape, width)}, of which at most {units * shape.UnitCpus} are free together ({PerNode(free)})"));
        for (var kind = 0; kind < item.Memory.Length; kind++)
        {
            if (item.Memory[kind] == 0)
                continue;
            var k = kind;
            var most = Most(free, width, item with { Memory = new long[item.Memory.Length], Devices = [], Units = 0 }, group => free.Memory.CanGroup(group) ? free.Memory.Free(group, k) : 0);
            if (most < item.Memory[kind])
                obstacles.Add(Text($"needs {Bytes(item.Memory[kind])} of {shape.Topology.MemoryNames[kind]} on {Where(shape, width)}, of which at most {Bytes(most)} are free together"));
        }

        foreach (var request in item.Devices)
        {
            var most = Most(free, width, item with { Memory = new long[item.Memory.Length], Devices = [], Units = 0 }, group => free.FreeDevices(request, group));
            if (most < request.Count)
                obstacles.Add(Text($"needs {request.Count} {request.Resource} on {Where(shape, width)}, of which at most {most} are free together"));
        }

        return new(
            Refusal.Topology,
            obstacles.Count > 0
                ? $"{item.Label} {string.Join(" and ", obstacles)}"
                : $"{item.Label} needs {Wants(shape, item)} together on {Where(shape, width)}: each is free somewhere, but not in one place",
            true);
    }

    private static bool Could(NodeShape shape, SearchItem item, int width) =>
        PlacementSearch.Groups(FreeState.Empty(shape), item).Any() && width > 0;

    private static long Most(FreeState free, int width, SearchItem nothing, Func<NumaSet, long> of)
    {
        var most = 0L;
        for (var size = 1; size <= free.Shape.NodeIds.Length; size++)
        {
            if (!free.Shape.Policy.Cpu.AlignBySocket && size != width)
                continue;
            foreach (var group in NodeGroups.Fitting(free, nothing, size))
            {
                if (!free.Shape.Policy.Cpu.AlignBySocket || free.Shape.SocketCount(group) <= width)
                    most = Math.Max(most, of(group));
            }
        }

        return most;
    }

    private static long Most(FreeState free, int width, SearchItem nothing, Func<NumaSet, int> of) => Most(free, width, nothing, group => (long)of(group));

    // Whole cores only: a container that asks for parts of one is refused on every such node.
    private static Refusal? Smt(FreeState free, PodNeeds needs)
    {
        var unit = free.Shape.UnitCpus;
        if (unit <= 1)
            return null;
        if (needs.PodCpus % unit != 0)
            return new(Refusal.Smt, Text($"SMT Alignment Error: requested {needs.PodCpus} cpus not multiple cpus per core = {unit}"), false);
        foreach (var container in needs.Containers)
        {
            if (container.Cpus % unit != 0)
                return new(Refusal.Smt, Text($"SMT Alignment Error: requested {container.Cpus} cpus not multiple cpus per core = {unit}"), false);
        }

        return null;
    }

    private static Refusal? EmptyPool(PodNeeds needs)
    {
        if (needs.PodCpus == 0)
            return null;
        long sidecars = 0;
        foreach (var container in needs.Containers)
        {
            if (container.Phase == ContainerPhase.Init && container.Cpus == 0 && sidecars >= needs.PodCpus)
                return new(Refusal.EmptyPool, $"its sidecars take all {needs.PodCpus} CPUs of the pod, which leaves none to init container {container.Name}", false);
            if (container.Phase == ContainerPhase.Sidecar)
                sidecars += container.Cpus;
        }

        var longRunning = needs.Containers.Where(c => c.RunsOn).Sum(c => (long)c.Cpus);
        if (SearchItems.Most(needs, c => c.Cpus) > needs.PodCpus)
            return new(Refusal.EmptyPool, Text($"its containers need {SearchItems.Most(needs, c => c.Cpus)} CPUs of the {needs.PodCpus} that the pod has"), false);
        return longRunning >= needs.PodCpus && needs.Containers.Any(c => c.RunsOn && c.Cpus == 0)
            ? new(Refusal.EmptyPool, Text($"its containers with CPUs of their own take all {needs.PodCpus} CPUs of the pod, which leaves none to the others"), false)
            : null;
    }

    private static string Where(NodeShape shape, int width) => shape.Policy.Cpu.AlignBySocket
        ? width == 1 ? "one socket" : Text($"{width} sockets")
        : width == 1 ? "one NUMA node" : Text($"{width} NUMA nodes");

    private static string Wants(NodeShape shape, SearchItem item) => string.Join(
        ", ",
        ((string[])[item.Units > 0 ? Text($"{item.Units * shape.UnitCpus} CPUs") : ""])
            .Concat(item.Memory.Select((bytes, kind) => bytes > 0 ? $"{Bytes(bytes)} of {shape.Topology.MemoryNames[kind]}" : ""))
            .Concat(item.Devices.Select(d => Text($"{d.Count} {d.Resource}")))
            .Where(t => t.Length > 0));

    private static string PerNode(FreeState free) =>
        "free by NUMA node: " + string.Join(", ", free.Shape.NodeIds.Select(n => Text($"{n}: {free.Units[n] * free.Shape.UnitCpus}")));

    private static string Bytes(long bytes) => Api.Quantity.FromBytes(bytes).ToString();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
