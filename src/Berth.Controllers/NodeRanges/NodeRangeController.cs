using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Resources.Addresses;

namespace Berth.Controllers.NodeRanges;

/// <summary>
/// Gives each node a range of pod addresses of its own. One worker: two nodes must never get the same. A range is free again
/// when its Node is deleted.
/// </summary>
public sealed class NodeRangeController : Controller
{
    // One for each family, the primary first.
    private readonly IReadOnlyList<NodeRangePlan> _plans;
    private readonly IpRanges _reserved;
    private readonly Informer<Node> _nodes;
    private readonly EventRecorder _events;

    // Given, and perhaps not yet in the cache.
    private readonly Dictionary<string, IpRanges> _given = new(StringComparer.Ordinal);

    /// <summary>The control plane's own machine has the first range of each family, whether or not it is a node.</summary>
    public NodeRangeController(ControllerContext context, IpRanges cluster)
        : base(context, "node-ipam-controller", workers: 1)
    {
        _plans = [.. cluster.All.Select(r => new NodeRangePlan(r))];
        _reserved = cluster.Map(r => new NodeRangePlan(r)[0]);
        _events = context.Events("cidrAllocator");
        _nodes = context.Informers.For<Node>();
        _nodes.AddHandler(Enqueue, (_, node) => Enqueue(node), Removed);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_nodes.Cache.Get("", key.Name) is not { } node)
        {
            _given.Remove(key.Name);
            return;
        }

        if (node.Spec.PodCIDR.Length > 0)
        {
            _given.Remove(key.Name);
            return;
        }

        if (!_given.TryGetValue(key.Name, out var ranges))
            _given[key.Name] = ranges = Choose(node);
        await Client.UpdateAsync(node with { Spec = node.Spec with { PodCIDR = ranges.Primary.ToString(), PodCIDRs = [.. ranges.All.Select(r => r.ToString())] } }, ct: ct).ConfigureAwait(false);
    }

    private IpRanges Choose(Node node)
    {
        var taken = _nodes.Cache.List().SelectMany(RangesOf).Concat(_given.Values.SelectMany(g => g.All)).Concat(_reserved.All).ToList();
        var free = _plans.Select(p => p.Free(taken)).ToList();
        for (var i = 0; i < _plans.Count; i++)
        {
            if (free[i] is not null)
                continue;
            _events.Event(node, "Warning", "CIDRNotAvailable", $"Node {node.Metadata.Name} status is now: CIDRNotAvailable");
            throw new IOException($"all {_plans[i].Count} ranges of pod addresses are taken; begin a cluster with a larger --pod-cidr, or delete nodes that have gone");
        }

        return new IpRanges(free[0]!.Value, free.Count > 1 ? free[1] : null);
    }

    private static IEnumerable<IPNetwork> RangesOf(Node node) =>
        (node.Spec.PodCIDRs.IsEmpty ? [node.Spec.PodCIDR] : node.Spec.PodCIDRs).Select(t => IPNetwork.TryParse(t, out var range) ? range : (IPNetwork?)null).OfType<IPNetwork>();

    // A range is free again: nodes that found none look anew.
    private void Removed(Node removed)
    {
        Enqueue(removed);
        foreach (var node in _nodes.Cache.List().Where(n => n.Spec.PodCIDR.Length == 0))
            Enqueue(node);
    }
}
