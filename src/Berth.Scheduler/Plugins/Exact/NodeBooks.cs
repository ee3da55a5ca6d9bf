using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Resources.Allocation;
using Berth.Scheduler.Snapshot;

namespace Berth.Scheduler.Plugins.Exact;

/// <summary>
/// What each node is made of and who holds what of it: from the node's own books, from pods' annotations, and from this
/// scheduler's decisions that are not bound yet, in this order of trust. Owned by the scheduler, which holds its lock for
/// every call but <see cref="Decided"/>.
/// </summary>
internal sealed class NodeBooks
{
    private readonly Dictionary<string, Entry> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ApiMap<string> Annotations, PodAllocation? Allocation)> _pods = new(StringComparer.Ordinal);

    // Read beside the lock by bindings under way.
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, PodAllocation> _decided = new(StringComparer.Ordinal);

    /// <summary>Null for a node that gives nobody anything for itself.</summary>
    public NodeShape? ShapeOf(Node node) => EntryOf(node)?.Shape;

    /// <summary>What the pods in the state hold of the node. Pods that only the node's books still name are on their way out.</summary>
    public List<PodAllocation> HeldOn(Node node, ClusterState state)
    {
        var books = EntryOf(node)?.Held;
        var held = new List<PodAllocation>();
        foreach (var pod in state.PodsOn(node.Metadata.Name))
        {
            if (books is not null && books.TryGetValue(pod.Uid, out var own))
                held.Add(own);
            else if (Told(pod.Pod) is { } told)
                held.Add(told);
            else if (_decided.TryGetValue(pod.Uid, out var decided))
                held.Add(decided);
        }

        return held;
    }

    public PodAllocation? Decided(string podUid) => _decided.GetValueOrDefault(podUid);

    public void Decide(PodAllocation allocation) => _decided[allocation.PodUid] = allocation;

    /// <summary>Forgets decisions that failed, and those whose pod tells them itself by now.</summary>
    public void Prune(ClusterState state)
    {
        foreach (var uid in _decided.Keys)
        {
            if (state.Placed(uid) is not { } placed || Told(placed.Pod) is not null)
                _decided.TryRemove(uid, out _);
        }

        // Texts of pods that are gone; a pass over all of them is rare.
        if (_pods.Count <= 2 * state.PlacedPods.Count + 1024)
            return;
        foreach (var uid in _pods.Keys.Where(u => state.Placed(u) is null).ToList())
            _pods.Remove(uid);
    }

    private PodAllocation? Told(Pod pod)
    {
        if (!pod.Metadata.Annotations.TryGetValue(AllocationAnnotations.Pod, out var text))
            return null;
        var uid = pod.Metadata.Uid;
        if (!_pods.TryGetValue(uid, out var known) || !ReferenceEquals(known.Annotations, pod.Metadata.Annotations))
            _pods[uid] = known = (pod.Metadata.Annotations, AllocationJson.Read(text, uid));
        return known.Allocation;
    }

    private Entry? EntryOf(Node node)
    {
        var annotations = node.Metadata.Annotations;
        if (!annotations.TryGetValue(AllocationAnnotations.Topology, out var topology))
            return null;
        var name = node.Metadata.Name;
        if (_nodes.TryGetValue(name, out var entry) && ReferenceEquals(entry.Annotations, annotations))
            return entry;
        // The topology rarely changes, and is what takes time to read.
        var shape = entry is not null && entry.Topology == topology ? entry.Shape : NodeShapeJson.Read(topology);
        var held = annotations.TryGetValue(AllocationAnnotations.Held, out var text)
            ? AllocationJson.ReadAll(text).DistinctBy(a => a.PodUid).ToDictionary(a => a.PodUid, StringComparer.Ordinal)
            : [];
        return _nodes[name] = new Entry(annotations, topology, shape, held);
    }

    private sealed record Entry(ApiMap<string> Annotations, string Topology, NodeShape? Shape, Dictionary<string, PodAllocation> Held);
}
