using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Client;
using Berth.Client.Informers;
using CoreEndpoints = Berth.Api.Core.V1.Endpoints;

namespace Berth.Controllers.Endpoints;

/// <summary>Keeps the Endpoints of Services that have a selector, for clients that do not know EndpointSlices.</summary>
public sealed class EndpointsController : Controller
{
    private readonly Informer<Service> _services;
    private readonly Informer<Pod> _pods;
    private readonly Informer<CoreEndpoints> _endpoints;

    public EndpointsController(ControllerContext context)
        : base(context, "endpoint-controller")
    {
        _services = context.Informers.For<Service>();
        _pods = context.Informers.For<Pod>();
        _endpoints = context.Informers.For<CoreEndpoints>();
        _services.AddHandler(Enqueue, (_, value) => Enqueue(value), Enqueue);
        _pods.AddHandler(EnqueueServices, PodChanged, EnqueueServices);
        _endpoints.AddHandler(deleted: Enqueue);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var service = _services.Cache.Get(key);
        var existing = _endpoints.Cache.Get(key);
        if (service is null)
        {
            // Endpoints have no owner: they go with the Service of their name, if they were made for one.
            if (existing is not null && existing.Metadata.Labels.ContainsKey(EndpointsPlanner.ManagedBy))
                await DeleteAsync(key, ct).ConfigureAwait(false);
            return;
        }

        if (service.Metadata.DeletionTimestamp is not null || !ServicePods.Selects(service))
            return;
        var wanted = EndpointsPlanner.Plan(service, ServicePods.Of(service, _pods.Cache.List(key.Namespace)), existing);
        if (existing is null)
            await CreateAsync(wanted, ct).ConfigureAwait(false);
        else if (wanted != existing)
            await Client.UpdateAsync(wanted, ct: ct).ConfigureAwait(false);
    }

    private async Task CreateAsync(CoreEndpoints value, CancellationToken ct)
    {
        try
        {
            await Client.CreateAsync(value, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists || e.IsForbidden)
        {
            // The cache lags, or the namespace ends: the watch tells.
        }
    }

    private async Task DeleteAsync(ObjectKey key, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync<CoreEndpoints>(key.Namespace, key.Name, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            // Gone already.
        }
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
}
