using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Strategies.Networking;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Admission.Services;

/// <summary>
/// Gives services their cluster addresses and node ports. What is taken is what stored services have, together with what
/// requests in flight were given: there is no table of its own that could disagree with them.
/// </summary>
/// <remarks>
/// All allocation happens under one lock. A reservation made for a request ends when the request fails, or when the stored
/// service is seen in the cache; until then nobody else gets the same address, so no two services ever share one.
/// </remarks>
public sealed class ServiceAllocation(IObjectReader objects, ServiceNetwork network, TimeProvider clock, Random random) : KindPlugin<Service>
{
    private const int AttemptsMax = 3;

    private static readonly TimeSpan s_cacheLag = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly ServiceNetwork _network = network;
    private readonly Random _random = random;
    private readonly Pool _addresses = new(network.Size, network.ReservedAddresses, [network.IndexOf(network.Dns.ToString())]);
    private readonly Pool _ports = new(ServiceNetwork.NodePortLast - ServiceNetwork.NodePortFirst + 1, ServiceNetwork.ReservedNodePorts, []);
    private long _version = -1;

    public override string Name => "ServiceAllocation";

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
                var before = objects.Version<Service>();
                await Task.Delay(s_cacheLag, clock, cancellation).ConfigureAwait(false);
                if (objects.Version<Service>() == before)
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
                _version = -1;
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
                var spec = request.WithPorts(request.WithAddresses(ServiceFamilies.Complete(value, old)));
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
        var version = objects.Version<Service>();
        if (version == _version && _version >= 0)
            return;
        _addresses.Clear();
        _ports.Clear();
        foreach (var service in objects.List<Service>())
        {
            var owner = ObjectKey.Of(service);
            foreach (var address in service.Spec.ClusterIPs)
            {
                if (_network.IndexOf(address) is >= 0 and var index)
                    _addresses.Observe(index, owner);
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

    private void ObservePort(int port, ObjectKey owner)
    {
        if (port is >= ServiceNetwork.NodePortFirst and <= ServiceNetwork.NodePortLast)
            _ports.Observe(port - ServiceNetwork.NodePortFirst, owner);
    }

    /// <summary>What one request is given. Lives under the plugin's lock.</summary>
    private sealed class Request(ServiceAllocation plugin, ObjectKey owner, Service value, Service? old)
    {
        private readonly List<int> _addresses = [];
        private readonly List<int> _ports = [];

        public bool TookAny => _addresses.Count + _ports.Count > 0;

        public ServiceSpec WithAddresses(ServiceSpec spec)
        {
            if (!ServiceFields.NeedsClusterIP(spec) || ServiceFields.IsHeadless(spec))
                return spec;
            // Addresses do not change once they are given; only a service that had none gets one.
            if (old is not null && ServiceFields.NeedsClusterIP(old.Spec) && (!old.Spec.ClusterIPs.IsEmpty || ServiceFields.IsHeadless(old.Spec)))
                return spec;
            if (spec.ClusterIPs.IsEmpty || spec.ClusterIPs[0].Length == 0)
            {
                var index = plugin._addresses.TakeNext(owner, plugin._random);
                if (index < 0)
                    throw ApiStatusException.InternalError($"failed to allocate a serviceIP for Service \"{owner.Name}\": range is full");
                _addresses.Add(index);
                var address = plugin._network.Address(index).ToString();
                return spec with { ClusterIP = address, ClusterIPs = [address] };
            }

            var asked = plugin._network.IndexOf(spec.ClusterIPs[0]);
            if (asked < 0)
                throw Refused("spec.clusterIPs", spec.ClusterIPs, $"failed to allocate IP {spec.ClusterIPs[0]}: the provided IP ({spec.ClusterIPs[0]}) is not in the valid range. The range of valid IPs is {plugin._network.Cidr}");
            if (!plugin._addresses.Take(asked, owner))
                throw Refused("spec.clusterIPs", spec.ClusterIPs, $"failed to allocate IP {spec.ClusterIPs[0]}: provided IP is already allocated");
            _addresses.Add(asked);
            return spec;
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
            var index = plugin._ports.TakeNext(owner, plugin._random);
            if (index < 0)
                throw ApiStatusException.InternalError("failed to allocate a nodePort: range is full");
            _ports.Add(index);
            return ServiceNetwork.NodePortFirst + index;
        }

        private void TakePort(int port, string path)
        {
            if (port is < ServiceNetwork.NodePortFirst or > ServiceNetwork.NodePortLast)
                throw Refused(path, port, $"provided port is not in the valid range. The range of valid ports is {ServiceNetwork.NodePortFirst}-{ServiceNetwork.NodePortLast}");
            if (!plugin._ports.Take(port - ServiceNetwork.NodePortFirst, owner))
                throw Refused(path, port, "provided port is already allocated");
            _ports.Add(port - ServiceNetwork.NodePortFirst);
        }

        private ApiStatusException Refused(string path, object shown, string detail)
        {
            var errors = new FieldErrors();
            errors.Invalid(path, shown, detail);
            return ApiStatusException.Invalid(Service.Kind, value.Metadata.Name, errors);
        }
    }
}
