using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Informers;

namespace Berth.Controllers.Endpoints;

/// <summary>Keeps the EndpointSlices of Services that have a selector.</summary>
public sealed class EndpointSliceController : Controller
{
    private const string ByService = "service";

    private readonly Informer<Service> _services;
    private readonly Informer<Pod> _pods;
    private readonly Informer<EndpointSlice> _slices;
    private readonly Informer<Node> _nodes;

    public EndpointSliceController(ControllerContext context)
        : base(context, "endpointslice-controller")
    {
        _services = context.Informers.For<Service>();
        _pods = context.Informers.For<Pod>();
        _slices = context.Informers.For<EndpointSlice>();
        _nodes = context.Informers.For<Node>();
        _slices.Cache.AddIndex(ByService, static s =>
            s.Metadata.Labels.GetOr(SlicePlanner.ManagedBy) == SlicePlanner.Manager ? [$"{s.Metadata.Namespace}/{s.Metadata.Labels.GetOr(SlicePlanner.ServiceName)}"] : []);
        _services.AddHandler(Enqueue, (_, value) => Enqueue(value), Enqueue);
        _pods.AddHandler(EnqueueServices, PodChanged, EnqueueServices);
        _slices.AddHandler(updated: (_, slice) => EnqueueService(slice), deleted: EnqueueService);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var service = _services.Cache.Get(key);
        // Slices of a deleted Service have it as owner: the garbage collector takes them.
        if (service is null || service.Metadata.DeletionTimestamp is not null || !ServicePods.Selects(service))
            return;
        var pods = ServicePods.Of(service, _pods.Cache.List(key.Namespace));
        var existing = _slices.Cache.ByIndex(ByService, key.ToString());
        var plan = SlicePlanner.Plan(service, pods, [.. existing.OrderBy(s => s.Metadata.Name, StringComparer.Ordinal)], n => _nodes.Cache.Get("", n));
        foreach (var slice in plan.Create)
            await Client.CreateAsync(slice, ct: ct).ConfigureAwait(false);
        foreach (var slice in plan.Update)
            await Client.UpdateAsync(slice, ct: ct).ConfigureAwait(false);
        foreach (var slice in plan.Delete)
            await DeleteAsync(slice, ct).ConfigureAwait(false);
        // A slice just made is not in the cache yet: another round at once would make it twice.
        if (plan.Create.Count > 0)
            await SeenAsync(key, existing.Count + plan.Create.Count - plan.Delete.Count, ct).ConfigureAwait(false);
    }

    private async Task DeleteAsync(EndpointSlice slice, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync<EndpointSlice>(slice.Metadata.Namespace, slice.Metadata.Name, new DeleteOptions { Preconditions = new() { Uid = slice.Metadata.Uid } }, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone already.
        }
    }

    private async Task SeenAsync(ObjectKey key, int count, CancellationToken ct)
    {
        var limit = Time.GetUtcNow() + TimeSpan.FromSeconds(2);
        while (_slices.Cache.ByIndex(ByService, key.ToString()).Count < count && Time.GetUtcNow() < limit)
            await Task.Delay(TimeSpan.FromMilliseconds(5), Time, ct).ConfigureAwait(false);
    }

    private void PodChanged(Pod old, Pod pod)
    {
        if (!ServicePods.Differs(old, pod))
            return;
        EnqueueServices(pod);
        if (!old.Metadata.Labels.Equals(pod.Metadata.Labels))
            EnqueueServices(old);
    }

    private void EnqueueServices(Pod pod)
    {
        foreach (var service in ServicePods.Selecting(pod, _services.Cache.List(pod.Metadata.Namespace)))
            Enqueue(service);
    }

    private void EnqueueService(EndpointSlice slice)
    {
        if (slice.Metadata.Labels.GetOr(SlicePlanner.ManagedBy) == SlicePlanner.Manager && slice.Metadata.Labels.TryGetValue(SlicePlanner.ServiceName, out var service))
            Queue.Add(new ObjectKey(slice.Metadata.Namespace, service));
    }
}
