using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Client.Informers;

namespace Berth.Network;

/// <summary>Services and the slices that belong to each, from the shared informers. Subscribing tells of every change that may concern a Service.</summary>
internal sealed class ServiceIndex
{
    /// <summary>Label of a slice that names its Service.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    private const string ByService = "service";

    private readonly Informer<Service> _services;
    private readonly Informer<EndpointSlice> _slices;

    public ServiceIndex(InformerFactory informers, Action<ObjectKey> changed)
    {
        _services = informers.For<Service>();
        _slices = informers.For<EndpointSlice>();
        _slices.Cache.AddIndex(ByService, static slice => Owner(slice) is { } owner ? [$"{owner.Namespace}/{owner.Name}"] : []);
        _services.AddHandler(
            service => changed(ObjectKey.Of(service)),
            (_, service) => changed(ObjectKey.Of(service)),
            service => changed(ObjectKey.Of(service)));
        _slices.AddHandler(Notify, (old, slice) =>
        {
            if (Owner(old) != Owner(slice))
                Notify(old);
            Notify(slice);
        }, Notify);

        void Notify(EndpointSlice slice)
        {
            if (Owner(slice) is { } owner)
                changed(owner);
        }
    }

    public Task WaitForSyncAsync(CancellationToken cancellation) =>
        Task.WhenAll(_services.WaitForSyncAsync(cancellation), _slices.WaitForSyncAsync(cancellation));

    public Service? Service(ObjectKey key) => _services.Cache.Get(key);

    public IReadOnlyList<EndpointSlice> Slices(ObjectKey key) => _slices.Cache.ByIndex(ByService, $"{key.Namespace}/{key.Name}");

    private static ObjectKey? Owner(EndpointSlice slice) =>
        slice.Metadata.Labels.TryGetValue(ServiceNameLabel, out var name) && name.Length > 0 ? new ObjectKey(slice.Metadata.Namespace, name) : null;
}
