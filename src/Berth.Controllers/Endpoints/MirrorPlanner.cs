using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using CoreEndpoints = Berth.Api.Core.V1.Endpoints;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;

namespace Berth.Controllers.Endpoints;

/// <summary>From Endpoints that somebody wrote by hand to the slices that say the same. Pure.</summary>
public static class MirrorPlanner
{
    public const string Manager = "endpointslicemirroring-controller.k8s.io";

    /// <summary>As Kubernetes by default; it is also the most that one slice may hold.</summary>
    public const int EndpointsMax = 1000;

    /// <summary>False for Endpoints that nobody is to follow: their owner said so, or they are only a lock.</summary>
    public static bool IsMirrored(CoreEndpoints endpoints) =>
        endpoints.Metadata.Labels.GetOr("endpointslice.kubernetes.io/skip-mirror") != "true"
        && !endpoints.Metadata.Annotations.ContainsKey("control-plane.alpha.kubernetes.io/leader");

    /// <param name="invalid">Addresses that are none.</param>
    /// <param name="skipped">Addresses past <see cref="EndpointsMax"/>.</param>
    public static SlicePlan Plan(CoreEndpoints endpoints, IReadOnlyList<EndpointSlice> existing, out int invalid, out int skipped)
    {
        invalid = 0;
        skipped = 0;
        var wanted = new Dictionary<(string Family, ApiList<EndpointPort> Ports), Dictionary<string, Endpoint>>();
        foreach (var subset in endpoints.Subsets)
        {
            var ports = subset.Ports.Select(p => new EndpointPort { Name = p.Name, Port = p.Port, Protocol = p.Protocol, AppProtocol = p.AppProtocol }).ToApiList();
            foreach (var (address, ready) in subset.Addresses.Select(a => (a, true)).Concat(subset.NotReadyAddresses.Select(a => (a, false))))
            {
                if (!IPAddress.TryParse(address.Ip, out var ip))
                {
                    invalid++;
                    continue;
                }

                var key = (ip.AddressFamily == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4", ports);
                if (!wanted.TryGetValue(key, out var group))
                    wanted.Add(key, group = new Dictionary<string, Endpoint>(StringComparer.Ordinal));
                if (group.Count >= EndpointsMax)
                    skipped++;
                else
                    group.TryAdd(ip.ToString(), Mirror(address, ip, ready));
            }
        }

        var plan = new SlicePlan();
        var unused = existing.ToList();
        var metadata = MetadataOf(endpoints);
        foreach (var ((family, ports), group) in wanted)
        {
            var content = group.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => e.Value).ToApiList();
            if (unused.Find(s => s.AddressType == family && s.Ports.Equals(ports)) is { } slice)
            {
                unused.Remove(slice);
                var update = slice with { Endpoints = content, Metadata = slice.Metadata with { Labels = metadata.Labels, Annotations = metadata.Annotations } };
                if (update != slice)
                    plan.Update.Add(update);
            }
            else
            {
                plan.Create.Add(new EndpointSlice { Metadata = metadata, AddressType = family, Ports = ports, Endpoints = content });
            }
        }

        plan.Delete.AddRange(unused);
        return plan;
    }

    private static Endpoint Mirror(EndpointAddress address, IPAddress ip, bool ready) => new()
    {
        Addresses = [ip.ToString()],
        Conditions = new EndpointConditions { Ready = ready },
        TargetRef = address.TargetRef,
        NodeName = address.NodeName,
        Hostname = address.Hostname.Length > 0 ? address.Hostname : null,
    };

    private static ObjectMeta MetadataOf(CoreEndpoints endpoints) => new()
    {
        GenerateName = endpoints.Metadata.Name + "-",
        Namespace = endpoints.Metadata.Namespace,
        Labels = endpoints.Metadata.Labels.With(SlicePlanner.ServiceName, endpoints.Metadata.Name).With(SlicePlanner.ManagedBy, Manager),
        Annotations = endpoints.Metadata.Annotations.Without("endpoints.kubernetes.io/last-change-trigger-time").Without("kubectl.kubernetes.io/last-applied-configuration"),
        OwnerReferences =
        [
            new OwnerReference { ApiVersion = "v1", Kind = "Endpoints", Name = endpoints.Metadata.Name, Uid = endpoints.Metadata.Uid, Controller = true, BlockOwnerDeletion = true },
        ],
    };
}
