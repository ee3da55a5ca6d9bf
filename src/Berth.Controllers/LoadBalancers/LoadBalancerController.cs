using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;

namespace Berth.Controllers.LoadBalancers;

/// <summary>
/// Gives load balancer Services their addresses: <c>status.loadBalancer.ingress</c>. The nodes' proxies then serve them, and one node
/// announces each address of the pool. The pool is the key <c>addresses</c> of the ConfigMap kube-system/berth-load-balancer; it can be
/// changed at any time, and Services keep what they have as long as it is in it.
/// </summary>
/// <remarks>One worker: two Services looked at together could be given one address.</remarks>
public sealed class LoadBalancerController : Controller
{
    public const string PoolNamespace = "kube-system";
    public const string PoolName = "berth-load-balancer";
    public const string PoolKey = "addresses";

    private const string ByService = "service";

    private static readonly TimeSpan s_writeSeenLimit = TimeSpan.FromSeconds(5);

    private readonly Informer<Service> _services;
    private readonly Informer<EndpointSlice> _slices;
    private readonly Informer<Node> _nodes;
    private readonly Informer<ConfigMap> _pools;
    private readonly EventRecorder _events;
    private string _poolText = "";
    private AddressPool _pool = AddressPool.Empty;

    public LoadBalancerController(ControllerContext context)
        : base(context, "service-lb-controller", workers: 1)
    {
        _events = context.Events("service-controller");
        _services = context.Informers.For<Service>();
        _slices = context.Informers.For<EndpointSlice>();
        _nodes = context.Informers.For<Node>();
        _pools = context.Informers.For<ConfigMap>();
        _slices.Cache.AddIndex(ByService + "-lb", static s =>
            s.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out var name) ? [$"{s.Metadata.Namespace}/{name}"] : []);
        _services.AddHandler(ServiceChanged, (old, service) => { ServiceChanged(old); ServiceChanged(service); }, _ => WakeAll());
        _slices.AddHandler(SliceChanged, (_, slice) => SliceChanged(slice), SliceChanged);
        _nodes.AddHandler(_ => WakeAll(), NodeChanged, _ => WakeAll());
        _pools.AddHandler(PoolChanged, (_, map) => PoolChanged(map), PoolChanged);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        if (_services.Cache.Get(key) is not { } service || service.Metadata.DeletionTimestamp is not null || !LoadBalancerPlanner.IsOurs(service))
            return;
        ReadPool();
        var all = _services.Cache.List().Where(LoadBalancerPlanner.IsOurs).ToList();
        var plan = LoadBalancerPlanner.Plan(service, _pool, all, _nodes.Cache.List(), _slices.Cache.ByIndex(ByService + "-lb", key.ToString()));
        if (plan.Problem.Length > 0)
            _events.Event(service, "Warning", "SyncLoadBalancerFailed", $"Error syncing load balancer: {plan.Problem}");
        if (plan.Ingress.Equals(WithoutPorts(service.Status.LoadBalancer.Ingress)))
            return;
        var first = service.Status.LoadBalancer.Ingress.IsEmpty;
        var written = await Client.UpdateStatusAsync(service with { Status = service.Status with { LoadBalancer = new() { Ingress = plan.Ingress } } }, ct: ct).ConfigureAwait(false);
        if (first && !plan.Ingress.IsEmpty)
            _events.Event(service, "Normal", "EnsuredLoadBalancer", "Ensured load balancer");
        await SeenAsync(key, written, ct).ConfigureAwait(false);
        // Whoever waits for an address or a port may get what this one gave up.
        if (!first)
            WakeAll();
    }

    // The next decision must know of this one.
    private async Task SeenAsync(ObjectKey key, Service written, CancellationToken ct)
    {
        var limit = Time.GetUtcNow() + s_writeSeenLimit;
        while (Time.GetUtcNow() < limit && _services.Cache.Get(key) is { } seen && seen.Metadata.Uid == written.Metadata.Uid
            && !seen.Status.LoadBalancer.Equals(written.Status.LoadBalancer))
            await Task.Delay(TimeSpan.FromMilliseconds(5), Time, ct).ConfigureAwait(false);
    }

    private void ReadPool()
    {
        var map = _pools.Cache.Get(PoolNamespace, PoolName);
        var text = map?.Data.GetOr(PoolKey) ?? "";
        if (text == _poolText)
            return;
        _poolText = text;
        _pool = AddressPool.Parse(text, out var problems);
        foreach (var problem in problems)
            _events.Event(map!, "Warning", "InvalidAddressPool", problem);
    }

    private static ApiList<LoadBalancerIngress> WithoutPorts(ApiList<LoadBalancerIngress> ingress) => ingress.Map(i => i with { Ports = [] });

    private void ServiceChanged(Service service)
    {
        if (LoadBalancerPlanner.IsOurs(service))
            Enqueue(service);
        else if (!service.Status.LoadBalancer.Ingress.IsEmpty)
            WakeAll();
    }

    private void SliceChanged(EndpointSlice slice)
    {
        if (slice.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out var name)
            && _services.Cache.Get(slice.Metadata.Namespace, name) is { Spec: { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" } })
            Queue.Add(new ObjectKey(slice.Metadata.Namespace, name));
    }

    // Heartbeats change a node every few seconds; only what the addresses depend on counts.
    private void NodeChanged(Node old, Node node)
    {
        if (!old.Status.Addresses.Equals(node.Status.Addresses) || !old.Metadata.Labels.Equals(node.Metadata.Labels) || IsReady(old) != IsReady(node))
            WakeAll();
    }

    private static bool IsReady(Node node) => node.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" });

    private void PoolChanged(ConfigMap map)
    {
        if (map.Metadata is { Namespace: PoolNamespace, Name: PoolName })
            WakeAll();
    }

    private void WakeAll()
    {
        foreach (var service in _services.Cache.List().Where(LoadBalancerPlanner.IsOurs))
            Enqueue(service);
    }
}
