using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using IPAddressObject = Berth.Api.Networking.V1.IPAddress;

namespace Berth.Controllers.ServiceCidrs;

/// <summary>
/// Keeps one IPAddress object for each cluster address of each Service, so that what is taken can be listed, and removes those whose
/// Service is gone or has another address. The Services are the truth here: the API server gives addresses by them. Keys are Services.
/// </summary>
public sealed class IPAddressController : Controller
{
    public const string FamilyLabel = "ipaddress.kubernetes.io/ip-family";
    public const string ManagedBy = "ipaddress.kubernetes.io/managed-by";
    public const string Manager = "ipallocator.k8s.io";

    private const string ByService = "service";

    private readonly Informer<Service> _services;
    private readonly Informer<IPAddressObject> _addresses;
    private readonly EventRecorder _events;

    public IPAddressController(ControllerContext context)
        : base(context, "ipallocator", workers: 2)
    {
        _services = context.Informers.For<Service>();
        _addresses = context.Informers.For<IPAddressObject>();
        _events = context.Events("ipallocator-repair-controller");
        _addresses.Cache.AddIndex(ByService, static a => OwnerOf(a) is { } owner ? [owner.ToString()] : []);
        _services.AddHandler(Enqueue, (_, service) => Enqueue(service), Enqueue);
        _addresses.AddHandler(Wake, (_, address) => Wake(address), Wake);
    }

    protected override async Task ReconcileAsync(ObjectKey key, CancellationToken ct)
    {
        var service = _services.Cache.Get(key);
        var wanted = service is null ? [] : ClusterAddresses(service).ToHashSet(StringComparer.Ordinal);
        foreach (var address in _addresses.Cache.ByIndex(ByService, key.ToString()))
        {
            if (!wanted.Remove(address.Metadata.Name))
                await DeleteAsync(address, ct).ConfigureAwait(false);
        }

        foreach (var address in wanted)
            await CreateAsync(service!, address, ct).ConfigureAwait(false);
    }

    private static IEnumerable<string> ClusterAddresses(Service service) =>
        service.Spec.Type == "ExternalName" ? [] : service.Spec.ClusterIPs.Where(a => IPAddress.TryParse(a, out _));

    private static ObjectKey? OwnerOf(IPAddressObject address) =>
        address.Metadata.Labels.GetOr(ManagedBy) == Manager && address.Spec.ParentRef is { Group: "", Resource: "services" } parent
            ? new ObjectKey(parent.Namespace, parent.Name)
            : null;

    private void Wake(IPAddressObject address)
    {
        if (OwnerOf(address) is { } owner)
            Queue.Add(owner);
    }

    private async Task CreateAsync(Service service, string address, CancellationToken ct)
    {
        var family = IPAddress.Parse(address).AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
        var wanted = new IPAddressObject
        {
            Metadata = new() { Name = address, Labels = ApiMap.Of((FamilyLabel, family), (ManagedBy, Manager)) },
            Spec = new() { ParentRef = new() { Resource = "services", Namespace = service.Metadata.Namespace, Name = service.Metadata.Name } },
        };
        try
        {
            await Client.CreateAsync(wanted, ct: ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsAlreadyExists)
        {
            // Ours, which the cache does not know yet; or that of a Service which just gave the address up: then its deletion comes first.
            var present = await Client.GetAsync<IPAddressObject>(null, address, ct: ct).ConfigureAwait(false);
            if (present.Spec.ParentRef == wanted.Spec.ParentRef)
                return;
            if (OwnerOf(present) is { } owner && _services.Cache.Get(owner) is { } other && ClusterAddresses(other).Contains(address))
            {
                _events.Event(service, "Warning", "ClusterIPAlreadyAllocated", $"Cluster IP {address} is assigned to several services; please recreate the service");
                return;
            }

            if (OwnerOf(present) is null)
            {
                _events.Event(present, "Warning", "IPAddressWrongReference", $"IPAddress: {address} for Service {ObjectKey.Of(service)} has a wrong reference; cleaning up");
            }

            await DeleteAsync(present, ct).ConfigureAwait(false);
            await Client.CreateAsync(wanted, ct: ct).ConfigureAwait(false);
        }
    }

    private async Task DeleteAsync(IPAddressObject address, CancellationToken ct)
    {
        try
        {
            await Client.DeleteAsync<IPAddressObject>(null, address.Metadata.Name, new DeleteOptions { Preconditions = new() { Uid = address.Metadata.Uid } }, ct).ConfigureAwait(false);
        }
        catch (ApiException e) when (e.IsNotFound || e.IsConflict)
        {
            // Gone already, or made anew meanwhile: then the watch brings it.
        }
    }
}
