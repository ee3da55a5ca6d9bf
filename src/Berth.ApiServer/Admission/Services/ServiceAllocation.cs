using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Networking.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies.Networking;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Admission.Services;

/// <summary>
/// Gives services their cluster addresses and node ports. What is taken is what stored services have, what IPAddress objects of
/// others than services claim, and what requests in flight were given: there is no table of its own that could disagree with them.
/// The IPAddress objects of services follow them (a controller makes them), so that they can be seen, and missing ones do no harm.
/// </summary>
/// <remarks>
/// All allocation happens under one lock. A reservation made for a request ends when the request fails, or when the stored
/// service is seen in the cache; until then nobody else gets the same address, so no two services ever share one.
/// </remarks>
public sealed class ServiceAllocation(IObjectReader objects, ServiceNetwork network, TimeProvider clock, Random random) : KindPlugin<Service>
{
    // On the IPAddress objects that follow services: the services themselves count.
    private const string ManagedBy = "ipaddress.kubernetes.io/managed-by";
    private const string Manager = "ipallocator.k8s.io";

    private const int AttemptsMax = 3;

    private static readonly TimeSpan s_cacheLag = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly ServiceNetwork _network = network;
    private readonly Random _random = random;
    private readonly Pool _addresses = new([network.Dns]);
    private readonly Pool _ports = new([]);
    private IReadOnlyList<ServiceRange> _ranges = [];
    private (long Services, long Addresses, long Ranges) _version = (-1, -1, -1);

    public override string Name => "ServiceAllocation";

    private (long Services, long Addresses, long Ranges) Version => (objects.Version<Service>(), objects.Version<IPAddress>(), objects.Version<ServiceCIDR>());

    protected override async ValueTask<Service> MutateAsync(AdmissionAttributes attributes, Service value, Service? old, CancellationToken cancellation)
    {
        if (attributes.Operation is not (AdmissionOperation.Create or AdmissionOperation.Update))
            return value;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Allocate(attributes, value, old);
            }
            catch (ApiStatusException refused) when (refused.Code == 422 && attempt < AttemptsMax)
            {
                // Who had the address may be deleted already, and the cache not yet know it.
                var before = Version;
                await Task.Delay(s_cacheLag, clock, cancellation).ConfigureAwait(false);
                if (Version == before)
                    throw;
            }
        }
    }

    protected override ValueTask ValidateAsync(AdmissionAttributes attributes, Service? value, Service? old, CancellationToken cancellation)
    {
        if (attributes.Operation != AdmissionOperation.Delete || old is null)
            return ValueTask.CompletedTask;
        var owner = ObjectKey.Of(old);
        attributes.OnFinished(stored =>
        {
            if (!stored)
                return;
            // From now on only the cache says whether the service is still there (it may wait for finalizers).
            lock (_lock)
            {
                _addresses.ForgetReservations(owner);
                _ports.ForgetReservations(owner);
                _version = (-1, -1, -1);
            }
        });
        return ValueTask.CompletedTask;
    }

    private Service Allocate(AdmissionAttributes attributes, Service value, Service? old)
    {
        lock (_lock)
        {
            Refresh();
            var request = new Request(this, ObjectKey.Of(value), value, old);
            try
            {
                var spec = request.WithPorts(request.WithAddresses(ServiceFamilies.Complete(value, old, _network.Families)));
                if (request.TookAny)
                    attributes.OnFinished(stored => Finish(request, stored && !attributes.DryRun));
                return spec == value.Spec ? value : value with { Spec = spec };
            }
            catch (ApiStatusException)
            {
                request.GiveBack();
                throw;
            }
        }
    }

    private void Finish(Request request, bool stored)
    {
        lock (_lock)
        {
            if (!stored)
                request.GiveBack();
            else
                request.Confirm(clock.GetUtcNow());
        }
    }

    private void Refresh()
    {
        var version = Version;
        if (version == _version)
            return;
        _ranges = _network.Ranges(objects.List<ServiceCIDR>());
        _addresses.Clear();
        _ports.Clear();
        foreach (var address in objects.List<IPAddress>())
        {
            if (address.Metadata.Labels.GetOr(ManagedBy) != Manager && ServiceNetwork.NumberOf(address.Metadata.Name) is { } number)
                _addresses.Observe(number, OwnerOf(address));
        }

        foreach (var service in objects.List<Service>())
        {
            var owner = ObjectKey.Of(service);
            foreach (var address in service.Spec.ClusterIPs)
            {
                if (ServiceNetwork.NumberOf(address) is { } number)
                    _addresses.Observe(number, owner);
            }

            foreach (var port in service.Spec.Ports)
                ObservePort(port.NodePort, owner);
            if (ServiceFields.NeedsHealthCheckNodePort(service.Spec))
                ObservePort(service.Spec.HealthCheckNodePort, owner);
        }

        _addresses.Settle(clock.GetUtcNow());
        _ports.Settle(clock.GetUtcNow());
        _version = version;
    }

    private static ObjectKey OwnerOf(IPAddress address) =>
        address.Spec.ParentRef is { Group: "", Resource: "services" } parent ? new ObjectKey(parent.Namespace, parent.Name) : ObjectKey.Of(address);

    private void ObservePort(int port, ObjectKey owner)
    {
        if (port is >= ServiceNetwork.NodePortFirst and <= ServiceNetwork.NodePortLast)
            _ports.Observe((UInt128)port, owner);
    }

    /// <summary>What one request is given. Lives under the plugin's lock.</summary>
    private sealed class Request(ServiceAllocation plugin, ObjectKey owner, Service value, Service? old)
    {
        private readonly List<UInt128> _addresses = [];
        private readonly List<UInt128> _ports = [];

        public bool TookAny => _addresses.Count + _ports.Count > 0;

        public ServiceSpec WithAddresses(ServiceSpec spec)
        {
            if (!ServiceFields.NeedsClusterIP(spec) || ServiceFields.IsHeadless(spec))
                return spec;
            // Addresses do not change once they are given: a service that had none gets one, and one that had one may get one of the other family.
            var had = old is not null && ServiceFields.NeedsClusterIP(old.Spec) ? old.Spec.ClusterIPs : [];
            if (had is ["None"] || ServiceFamilies.PrefersWhatItHas(value, old))
                return spec;
            var addresses = spec.ClusterIPs;
            for (var i = 0; i < spec.IpFamilies.Count; i++)
            {
                if (i < addresses.Count && i < had.Count && addresses[i] == had[i])
                    continue;
                if (i < addresses.Count && addresses[i].Length > 0)
                    TakeAddress(spec, addresses[i], spec.IpFamilies[i]);
                else
                    addresses = [.. addresses.Take(i), ServiceNetwork.Address(NextAddress(spec.IpFamilies[i])).ToString()];
            }

            return spec with { ClusterIP = addresses.IsEmpty ? "" : addresses[0], ClusterIPs = addresses };
        }

        private void TakeAddress(ServiceSpec spec, string wanted, string family)
        {
            if (ServiceNetwork.NumberOf(wanted) is not { } asked || !plugin._ranges.Any(r => r.Family == family && r.Range.Contains(asked)))
            {
                var ranges = string.Join(", ", plugin._ranges.Where(r => r.Family == family).Select(r => r.Cidr));
                throw Refused("spec.clusterIPs", spec.ClusterIPs, $"failed to allocate IP {wanted}: the provided IP ({wanted}) is not in the valid range. The range of valid IPs is {ranges}");
            }

            if (!plugin._addresses.Take(asked, owner))
                throw Refused("spec.clusterIPs", spec.ClusterIPs, $"failed to allocate IP {wanted}: provided IP is already allocated");
            _addresses.Add(asked);
        }

        // Further ranges only once those before are full: who adds one to a full range expects just that.
        private UInt128 NextAddress(string family)
        {
            foreach (var range in plugin._ranges.Where(r => r.Family == family))
            {
                if (plugin._addresses.TakeNext(range.Range, owner, plugin._random) is not { } number)
                    continue;
                _addresses.Add(number);
                return number;
            }

            throw ApiStatusException.InternalError($"failed to allocate a serviceIP for Service \"{owner.Name}\": range is full");
        }

        public ServiceSpec WithPorts(ServiceSpec spec)
        {
            var had = old?.Spec.Ports.Where(p => p.NodePort != 0).Select(p => p.NodePort).ToHashSet() ?? [];
            if (spec.Type is "NodePort" or "LoadBalancer")
            {
                var ports = new ServicePort[spec.Ports.Count];
                for (var i = 0; i < ports.Length; i++)
                    ports[i] = WithNodePort(spec, i, ports.AsSpan(0, i), had);
                if (!ports.AsSpan().SequenceEqual(spec.Ports.AsSpan()))
                    spec = spec with { Ports = ApiList.Create<ServicePort>(ports) };
            }

            if (!ServiceFields.NeedsHealthCheckNodePort(spec) || (old is not null && ServiceFields.NeedsHealthCheckNodePort(old.Spec) && spec.HealthCheckNodePort != 0))
                return spec;
            if (spec.HealthCheckNodePort == 0)
                return spec with { HealthCheckNodePort = NextPort() };
            TakePort(spec.HealthCheckNodePort, "spec.healthCheckNodePort");
            return spec;
        }

        public void GiveBack()
        {
            foreach (var index in _addresses)
                plugin._addresses.GiveBack(index, owner);
            foreach (var index in _ports)
                plugin._ports.GiveBack(index, owner);
        }

        public void Confirm(DateTimeOffset now)
        {
            foreach (var index in _addresses)
                plugin._addresses.Confirm(index, owner, now);
            foreach (var index in _ports)
                plugin._ports.Confirm(index, owner, now);
        }

        // One port in two protocols has one node port.
        private ServicePort WithNodePort(ServiceSpec spec, int i, ReadOnlySpan<ServicePort> before, HashSet<int> had)
        {
            var port = spec.Ports[i];
            if (port.NodePort == 0 && !ServiceFields.NeedsNodePort(spec))
                return port;
            var shared = 0;
            foreach (var other in before)
            {
                if (other.Port == port.Port)
                    shared = other.NodePort;
            }

            if (port.NodePort == 0)
            {
                if (shared != 0)
                    return port with { NodePort = shared };
                var named = spec.Ports.FirstOrDefault(p => p.Port == port.Port && p.NodePort != 0)?.NodePort ?? 0;
                if (named == 0)
                    return port with { NodePort = NextPort() };
                port = port with { NodePort = named };
            }

            if (port.NodePort != shared && !had.Contains(port.NodePort))
                TakePort(port.NodePort, $"spec.ports[{i}].nodePort");
            return port;
        }

        private int NextPort()
        {
            if (plugin._ports.TakeNext(ServiceNetwork.NodePorts, owner, plugin._random) is not { } port)
                throw ApiStatusException.InternalError("failed to allocate a nodePort: range is full");
            _ports.Add(port);
            return (int)port;
        }

        private void TakePort(int port, string path)
        {
            if (port is < ServiceNetwork.NodePortFirst or > ServiceNetwork.NodePortLast)
                throw Refused(path, port, $"provided port is not in the valid range. The range of valid ports is {ServiceNetwork.NodePortFirst}-{ServiceNetwork.NodePortLast}");
            if (!plugin._ports.Take((UInt128)port, owner))
                throw Refused(path, port, "provided port is already allocated");
            _ports.Add((UInt128)port);
        }

        private ApiStatusException Refused(string path, object shown, string detail)
        {
            var errors = new FieldErrors();
            errors.Invalid(path, shown, detail);
            return ApiStatusException.Invalid(Service.Kind, value.Metadata.Name, errors);
        }
    }
}
