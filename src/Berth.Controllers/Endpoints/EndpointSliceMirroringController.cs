using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using CoreEndpoints = Berth.Api.Core.V1.Endpoints;

namespace Berth.Controllers.Endpoints;

/// <summary>Gives the Endpoints of Services without a selector slices of the same content, for readers that know only slices.</summary>
public sealed class EndpointSliceMirroringController : Controller
{
    private const string ByEndpoints = "endpoints";

    private readonly Informer<Service> _services;
    private readonly Informer<CoreEndpoints> _endpoints;
    private readonly Informer<EndpointSlice> _slices;
    private readonly EventRecorder _events;

    public EndpointSliceMirroringController(ControllerContext context)
        : base(context, "endpointslicemirroring-controller")
    {
        _events = context.Events(Name);
        _services = context.Informers.For<Service>();
        _endpoints = context.Informers.For<CoreEndpoints>();
        _slices = context.Informers.For<EndpointSlice>();
        _slices.Cache.AddIndex(ByEndpoints, static s => EndpointsOf(s) is { } key ? [key.ToString()] : []);
        _services.AddHandler(Enqueue, (_, service) => Enqueue(service), Enqueue);
        _endpoints.AddHandler(Enqueue, (_, endpoints) => Enqueue(endpoints), Enqueue);
        _slices.AddHandler(updated: (_, slice) => SliceChanged(slice), deleted: SliceChanged);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var existing = _slices.Cache.ByIndex(ByEndpoints, key.ToString());
        var endpoints = _endpoints.Cache.Get(key);
        var service = _services.Cache.Get(key);
        if (endpoints is null || service is null || endpoints.Metadata.DeletionTimestamp is not null || !MirrorPlanner.IsMirrored(endpoints) || !service.Spec.Selector.IsEmpty)
        {
            foreach (var slice in existing)
                await DeleteAsync(slice, ct).ConfigureAwait(false);
            return;
        }

        var plan = MirrorPlanner.Plan(endpoints, [.. existing.OrderBy(s => s.Metadata.Name, StringComparer.Ordinal)], out var invalid, out var skipped);
        if (plan.IsEmpty)
            return;
        if (invalid > 0)
            _events.Event(endpoints, "Warning", "InvalidIPAddress", $"Skipped {invalid} invalid IP addresses when mirroring to EndpointSlices");
        if (skipped > 0)
            _events.Event(endpoints, "Warning", "TooManyAddressesToMirror", $"A max of {MirrorPlanner.EndpointsMax} addresses can be mirrored to EndpointSlices per Endpoints subset. {skipped} addresses were skipped");
        foreach (var slice in plan.Create)
            await Client.CreateAsync(slice, ct: ct).ConfigureAwait(false);
        foreach (var slice in plan.Update)
            await Client.UpdateAsync(slice, ct: ct).ConfigureAwait(false);
        foreach (var slice in plan.Delete)
            await DeleteAsync(slice, ct).ConfigureAwait(false);
        if (plan.Create.Count > 0)
            await SeenAsync(key, existing.Count + plan.Create.Count - plan.Delete.Count, ct).ConfigureAwait(false);
    }

    private static ObjectKey? EndpointsOf(EndpointSlice slice) =>
        slice.Metadata.Labels.GetOr(SlicePlanner.ManagedBy) == MirrorPlanner.Manager && slice.Metadata.Labels.TryGetValue(SlicePlanner.ServiceName, out var name)
            ? new ObjectKey(slice.Metadata.Namespace, name)
            : null;

    private void SliceChanged(EndpointSlice slice)
    {
        if (EndpointsOf(slice) is { } key)
            Queue.Add(key);
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

    // A slice just made is not in the cache yet: another round at once would make it twice.
    private async Task SeenAsync(ObjectKey key, int count, CancellationToken ct)
    {
        var limit = Time.GetUtcNow() + TimeSpan.FromSeconds(2);
        while (_slices.Cache.ByIndex(ByEndpoints, key.ToString()).Count < count && Time.GetUtcNow() < limit)
            await Task.Delay(TimeSpan.FromMilliseconds(5), Time, ct).ConfigureAwait(false);
    }
}
