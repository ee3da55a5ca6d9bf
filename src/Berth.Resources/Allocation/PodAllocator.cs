namespace Berth.Resources.Allocation;

/// <summary>
/// Finds exact CPUs, NUMA nodes, memory, huge pages and devices for a pod on one node, or says why there are none. Pure and
/// deterministic: the scheduler and the node's agent call it with the same input and get the same answer.
/// </summary>
/// <remarks>
/// 1. What no arrangement could give is refused at once. 2. Items (containers, or the whole pod) are placed on groups of NUMA
/// nodes, as few as can be, so that the least is broken. 3. Exact CPUs, blocks and devices are picked within them. A search
/// that fails names the obstacle.
/// </remarks>
public static class PodAllocator
{
    /// <param name="taken">What the other pods hold; an entry of this pod's own is left out of the reckoning.</param>
    public static AllocationOutcome Allocate(NodeShape shape, IEnumerable<PodAllocation> taken, PodNeeds needs)
    {
        if (needs.IsEmpty)
            return new AllocationOutcome.Granted(new PodAllocation { PodUid = needs.PodUid });
        var others = taken.Where(t => t.PodUid != needs.PodUid).ToList();
        var before = new FreeState(shape, others);
        // 1.
        if (Obstacles.OfSums(before, needs) is { } shortage)
            return new AllocationOutcome.Refused(shortage);

        // 2. 3. The search counts in its own state: what was free before is needed to place init containers.
        var free = new FreeState(shape, others);
        PodAllocation? found = null;
        PlacementSearch search;
        List<SearchItem> items;
        if (shape.Policy.PodScope)
        {
            items = [SearchItems.OfPod(shape, needs, out var deviceCounts)];
            search = new PlacementSearch(free, items, placed => (found = new PodDraft(before, needs).AsWhole(placed[0], deviceCounts)) is not null);
        }
        else
        {
            var indexes = Enumerable.Range(0, needs.Containers.Count).Where(i => needs.Containers[i] is { RunsOn: true, IsEmpty: false }).ToList();
            items = [.. indexes.Select(i => SearchItems.Of(shape, needs.Containers[i]))];
            search = new PlacementSearch(free, items, placed => (found = new PodDraft(before, needs).ByContainer(indexes, placed)) is not null);
        }

        return search.Run() is not null && found is not null
            ? new AllocationOutcome.Granted(found)
            : new AllocationOutcome.Refused(Obstacles.OfPlaces(before, needs, items, search.GaveUp));
    }
}
