using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Coordination.V1;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;

namespace Berth.Controllers.NodeLifecycle;

/// <summary>
/// Watches over nodes: says so when one falls silent, taints nodes by their conditions, and tells the pods of a node that is
/// not ready that they are not ready either.
/// </summary>
public sealed class NodeLifecycleController : Controller
{
    private const string LeaseNamespace = "kube-node-lease";
    internal const string PodsByNode = "node";

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(5);

    private readonly Informer<Node> _nodes;
    private readonly Informer<Lease> _leases;
    private readonly Informer<Pod> _pods;
    private readonly EventRecorder _events;
    private readonly ConcurrentDictionary<string, NodeHealth> _health = new(StringComparer.Ordinal);

    // Nodes that were last seen ready, to tell the change once.
    private readonly ConcurrentDictionary<string, bool> _wasReady = new(StringComparer.Ordinal);

    // When a node of the zone was last given up. Owned by the one who holds the gate.
    private readonly Dictionary<string, DateTimeOffset> _evictedAt = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public NodeLifecycleController(ControllerContext context)
        : base(context, "node-lifecycle-controller")
    {
        _events = context.Events("node-controller");
        _nodes = context.Informers.For<Node>();
        _leases = context.Informers.For<Lease>();
        _pods = context.Informers.For<Pod>();
        IndexByNode(_pods);
        _nodes.AddHandler(Registered, (_, node) => Enqueue(node), Removed);
        _leases.AddHandler(LeaseSeen, (_, lease) => LeaseSeen(lease));
    }

    /// <summary>Gives the pods' cache the index that node controllers share.</summary>
    internal static void IndexByNode(Informer<Pod> pods) =>
        pods.Cache.AddIndex(PodsByNode, static p => p.Spec.NodeName.Length > 0 ? [p.Spec.NodeName] : []);

    protected override async Task RunBackgroundAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(s_period, Time);
        do
        {
            foreach (var node in _nodes.Cache.List())
                Enqueue(node);
        }
        while (await timer.WaitForNextTickAsync(ct).ConfigureAwait(false));
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_nodes.Cache.Get("", key.Name) is not { } node)
        {
            _health.TryRemove(key.Name, out _);
            _wasReady.TryRemove(key.Name, out _);
            return;
        }

        // 1. Is it alive?
        var now = Time.GetUtcNow();
        var lease = _leases.Cache.Get(LeaseNamespace, key.Name);
        var health = _health.AddOrUpdate(key.Name, _ => NodeHealth.Observe(null, node, lease, now), (_, known) => NodeHealth.Observe(known, node, lease, now));
        if (health.IsSilent(node, now))
        {
            var conditions = NodeReconciler.Silenced(node, now);
            if (!conditions.Equals(node.Status.Conditions))
                node = await Client.UpdateStatusAsync(node with { Status = node.Status with { Conditions = conditions } }, ct: ct).ConfigureAwait(false);
        }

        // 2. Its taints follow from its conditions.
        var (evict, mayAdd) = MayEvict(node, now);
        var taints = NodeReconciler.Taints(node, evict, mayAdd, now);
        if (!ReferenceEquals(taints, node.Spec.Taints))
            node = await Client.UpdateAsync(node with { Spec = node.Spec with { Taints = taints } }, ct: ct).ConfigureAwait(false);

        // 3. Its pods are not ready when it is not.
        await TellPodsAsync(node, now, ct).ConfigureAwait(false);
    }

    private async Task TellPodsAsync(Node node, DateTimeOffset now, CancellationToken ct)
    {
        var ready = NodeReconciler.IsReady(node);
        var wasReady = _wasReady.GetValueOrDefault(node.Metadata.Name);
        if (!ready && wasReady)
            _events.Event(node, "Normal", "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        // While the node cannot speak for its pods, we do; one that can is told once, and may know better.
        if (!ready && (wasReady || NodeReconciler.Ready(node) is { Status: "Unknown" }))
        {
            foreach (var pod in _pods.Cache.ByIndex(PodsByNode, node.Metadata.Name))
            {
                if (NodeReconciler.NotReadyStatus(pod, now) is { } status)
                    await TellAsync(pod with { Status = status }, ct).ConfigureAwait(false);
            }
        }

        _wasReady[node.Metadata.Name] = ready;
    }

    private async Task TellAsync(Pod pod, CancellationToken ct)
    {
        try
        {
            await Client.UpdateStatusAsync(pod, ct: ct).ConfigureAwait(false);
            _events.Event(pod, "Warning", "NodeNotReady", "Node is not ready");
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // The pod has gone.
        }
    }

    private (bool Evict, bool MayAdd) MayEvict(Node node, DateTimeOffset now)
    {
        var nodes = _nodes.Cache.List().Select(n => n.Metadata.Name == node.Metadata.Name ? node : n).ToList();
        if (ZoneDisruption.IsTotal(nodes))
            return (false, false);
        if (!NodeReconciler.WantsEviction(node))
            return (true, true);
        var zone = ZoneDisruption.ZoneOf(node);
        if (ZoneDisruption.Interval(zone, nodes) is not { } interval)
            return (true, false);
        lock (_gate)
        {
            if (_evictedAt.TryGetValue(zone, out var last) && now - last < interval)
                return (true, false);
            _evictedAt[zone] = now;
            return (true, true);
        }
    }

    private void Registered(Node node)
    {
        _events.Event(node, "Normal", "RegisteredNode", $"Node {node.Metadata.Name} event: Registered Node {node.Metadata.Name} in Controller");
        Enqueue(node);
    }

    private void Removed(Node node)
    {
        _events.Event(node, "Normal", "RemovingNode", $"Node {node.Metadata.Name} event: Removing Node {node.Metadata.Name} from Controller");
        Enqueue(node);
    }

    // Renewals are frequent and seldom news: they are only written down, and looked at with the next round.
    private void LeaseSeen(Lease lease)
    {
        if (lease.Metadata.Namespace == LeaseNamespace && _nodes.Cache.Get("", lease.Metadata.Name) is { } node)
        {
            var now = Time.GetUtcNow();
            _health.AddOrUpdate(node.Metadata.Name, _ => NodeHealth.Observe(null, node, lease, now), (_, known) => NodeHealth.Observe(known, node, lease, now));
        }
    }
}
