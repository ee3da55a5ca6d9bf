using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;

namespace Berth.Controllers.Endpoints;

/// <summary>
/// From a Service, its pods and the slices there are to the slices there should be. Pure. Slices that are right stay as they
/// are; endpoints stay in the slice that has them, so that a change of one pod rewrites one slice.
/// </summary>
public static class SlicePlanner
{
    /// <summary>As Kubernetes by default: small enough to send often, large enough to be few.</summary>
    public const int EndpointsMax = 100;

    public const string Manager = "endpointslice-controller.k8s.io";
    public const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    public const string ServiceName = "kubernetes.io/service-name";

    public static SlicePlan Plan(Service service, IReadOnlyList<Pod> pods, IReadOnlyList<EndpointSlice> existing, Func<string, Node?> nodes)
    {
        var plan = new SlicePlan();
        var families = ServicePods.Families(service);
        var wanted = new Dictionary<(string Family, string Ports), (ApiList<EndpointPort> Ports, List<Endpoint> Endpoints)>();
        foreach (var family in families)
        {
            foreach (var pod in pods)
            {
                if (ServicePods.AddressOf(pod, family) is not { } address)
                    continue;
                var ports = PortsOf(service, pod);
                var key = (family, string.Join(";", ports.Select(p => $"{p.Name}/{p.Protocol}/{p.Port}/{p.AppProtocol}")));
                if (!wanted.TryGetValue(key, out var group))
                    wanted.Add(key, group = (ports, []));
                group.Endpoints.Add(EndpointOf(service, pod, address, nodes));
            }
        }

        // Without endpoints of a family there is one empty slice of it: that the Service was seen is worth knowing.
        foreach (var family in families)
        {
            if (!wanted.Keys.Any(k => k.Family == family))
                wanted.Add((family, ""), ([], []));
        }

        var unused = existing.ToList();
        foreach (var ((family, _), (ports, endpoints)) in wanted)
        {
            var reusable = unused.Where(s => s.AddressType == family && s.Ports.Equals(ports)).ToList();
            foreach (var slice in reusable)
                unused.Remove(slice);
            Fill(service, family, ports, endpoints, reusable, plan);
        }

        plan.Delete.AddRange(unused);
        return plan;
    }

    private static void Fill(Service service, string family, ApiList<EndpointPort> ports, List<Endpoint> endpoints, List<EndpointSlice> slices, SlicePlan plan)
    {
        var labels = ServicePods.Labels(service, (ManagedBy, Manager), (ServiceName, service.Metadata.Name));
        var byPod = endpoints.ToDictionary(e => e.TargetRef!.Uid, StringComparer.Ordinal);
        var contents = new List<(EndpointSlice Slice, List<Endpoint> Endpoints)>();
        foreach (var slice in slices)
        {
            var kept = new List<Endpoint>();
            foreach (var old in slice.Endpoints)
            {
                if (old.TargetRef is { } target && byPod.Remove(target.Uid, out var endpoint))
                    kept.Add(endpoint);
            }

            contents.Add((slice, kept));
        }

        var rest = new Queue<Endpoint>(byPod.Values.OrderBy(e => e.TargetRef!.Name, StringComparer.Ordinal));
        // Fullest first: few, full slices.
        foreach (var (_, kept) in contents.OrderByDescending(c => c.Endpoints.Count))
        {
            while (kept.Count < EndpointsMax && rest.TryDequeue(out var endpoint))
                kept.Add(endpoint);
        }

        var placed = contents.Sum(c => c.Endpoints.Count) > 0;
        foreach (var (slice, kept) in contents)
        {
            if (kept.Count == 0 && (placed || rest.Count > 0 || contents[0].Slice != slice))
            {
                plan.Delete.Add(slice);
                continue;
            }

            var wanted = slice with { Endpoints = kept.ToApiList(), Metadata = slice.Metadata with { Labels = labels } };
            if (wanted != slice)
                plan.Update.Add(wanted);
        }

        while (rest.Count > 0 || (contents.Count == 0 && endpoints.Count == 0))
        {
            var part = new List<Endpoint>();
            while (part.Count < EndpointsMax && rest.TryDequeue(out var endpoint))
                part.Add(endpoint);
            plan.Create.Add(new EndpointSlice
            {
                Metadata = new ObjectMeta
                {
                    GenerateName = service.Metadata.Name + "-",
                    Namespace = service.Metadata.Namespace,
                    Labels = labels,
                    OwnerReferences = [new() { ApiVersion = "v1", Kind = "Service", Name = service.Metadata.Name, Uid = service.Metadata.Uid, Controller = true, BlockOwnerDeletion = true }],
                },
                AddressType = family,
                Ports = ports,
                Endpoints = part.ToApiList(),
            });
            if (part.Count == 0)
                break;
        }
    }

    private static ApiList<EndpointPort> PortsOf(Service service, Pod pod) => service.Spec.Ports
        .Select(p => (Service: p, Target: ServicePods.TargetPort(p, pod)))
        .Where(p => p.Target is not null)
        .Select(p => new EndpointPort
        {
            Name = p.Service.Name,
            Protocol = p.Service.Protocol.Length > 0 ? p.Service.Protocol : "TCP",
            Port = p.Target,
            AppProtocol = p.Service.AppProtocol,
        })
        .ToApiList();

    private static Endpoint EndpointOf(Service service, Pod pod, string address, Func<string, Node?> nodes)
    {
        var ready = ServicePods.IsReady(pod);
        var terminating = ServicePods.IsTerminating(pod);
        var hostname = ServicePods.Hostname(service, pod);
        var zone = nodes(pod.Spec.NodeName)?.Metadata.Labels.GetOr("topology.kubernetes.io/zone");
        var isReady = service.Spec.PublishNotReadyAddresses || (ready && !terminating);
        return new Endpoint
        {
            Addresses = [address],
            Conditions = new EndpointConditions
            {
                Ready = isReady,
                Serving = ready,
                Terminating = terminating,
            },
            Hostname = hostname.Length > 0 ? hostname : null,
            NodeName = pod.Spec.NodeName.Length > 0 ? pod.Spec.NodeName : null,
            Zone = zone,
            Hints = isReady ? HintsOf(service.Spec.TrafficDistribution, zone, pod.Spec.NodeName) : null,
            TargetRef = ServicePods.Reference(pod),
        };
    }

    // What the Service prefers becomes a hint for each endpoint: use it from its own zone, or node. Proxies fall back where none is near.
    private static EndpointHints? HintsOf(string? distribution, string? zone, string node)
    {
        if (distribution is not ("PreferClose" or "PreferSameZone" or "PreferSameNode"))
            return null;
        var hints = new EndpointHints
        {
            ForZones = zone is null ? [] : [new() { Name = zone }],
            ForNodes = distribution == "PreferSameNode" && node.Length > 0 ? [new() { Name = node }] : [],
        };
        return hints.ForZones.IsEmpty && hints.ForNodes.IsEmpty ? null : hints;
    }
}
