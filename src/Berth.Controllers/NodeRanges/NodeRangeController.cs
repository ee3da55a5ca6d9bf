using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;

namespace Berth.Controllers.NodeRanges;

/// <summary>
/// Gives each node a range of pod addresses of its own. One worker: two nodes must never get the same. A range is free again
/// when its Node is deleted.
/// </summary>
public sealed class NodeRangeController : Controller
{
    private readonly NodeRangePlan _plan;
    private readonly IPNetwork _reserved;
    private readonly Informer<Node> _nodes;
    private readonly EventRecorder _events;

    // Given, and perhaps not yet in the cache.
    private readonly Dictionary<string, IPNetwork> _given = new(StringComparer.Ordinal);

    /// <param name="reserved">The control plane's own machine has it, whether or not it is a node.</param>
    public NodeRangeController(ControllerContext context, NodeRangePlan plan, IPNetwork reserved)
        : base(context, "node-ipam-controller", workers: 1)
    {
        _plan = plan;
        _reserved = reserved;
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

        if (!_given.TryGetValue(key.Name, out var range))
        {
            var taken = _nodes.Cache.List().SelectMany(RangesOf).Concat(_given.Values).Append(_reserved);
            if (_plan.Free(taken) is not { } free)
            {
                _events.Event(node, "Warning", "CIDRNotAvailable", $"Node {key.Name} status is now: CIDRNotAvailable");
                throw new IOException($"all {_plan.Count} ranges of pod addresses are taken; begin a cluster with a larger --pod-cidr, or delete nodes that have gone");
            }

            range = free;
            _given[key.Name] = range;
        }

        await Client.UpdateAsync(node with { Spec = node.Spec with { PodCIDR = range.ToString(), PodCIDRs = [range.ToString()] } }, ct: ct).ConfigureAwait(false);
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
