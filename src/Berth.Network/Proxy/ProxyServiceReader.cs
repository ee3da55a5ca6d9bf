using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;

namespace Berth.Network.Proxy;

/// <summary>From the API's objects to what the proxy works with. Pure.</summary>
internal static class ProxyServiceReader
{
    /// <summary>A Service with this label is somebody else's to proxy.</summary>
    private const string OtherProxyLabel = "service.kubernetes.io/service-proxy-name";

    /// <summary>On what belongs to headless Services, and on whatever else somebody wants kept from proxies.</summary>
    private const string HeadlessLabel = "service.kubernetes.io/headless";

    /// <summary>Null for Services that need no proxy: headless, ExternalName, without an address yet, or another proxy's.</summary>
    public static ProxyService? Read(Service service, IEnumerable<EndpointSlice> slices)
    {
        var spec = service.Spec;
        var clusterIps = Addresses(spec.ClusterIPs.IsEmpty ? [spec.ClusterIP] : spec.ClusterIPs);
        if (spec.Type == "ExternalName" || clusterIps.IsEmpty || service.Metadata.Labels.ContainsKey(OtherProxyLabel)
            || service.Metadata.Labels.ContainsKey(HeadlessLabel))
            return null;
        var isExternal = spec.Type is "NodePort" or "LoadBalancer" || !spec.ExternalIPs.IsEmpty;
        return new ProxyService(service.Metadata.Namespace, service.Metadata.Name)
        {
            ClusterIps = clusterIps,
            ExternalIps = Addresses(spec.ExternalIPs),
            LoadBalancerIps = Addresses(service.Status.LoadBalancer.Ingress.Where(i => i.IpMode is null or "VIP").Select(i => i.Ip)),
            LoadBalancerSourceRanges =
            [
                .. spec.LoadBalancerSourceRanges.Select(r => IPNetwork.TryParse(r.Trim(), out var network) ? network : (IPNetwork?)null).OfType<IPNetwork>(),
            ],
            ClientAffinity = spec.SessionAffinity == "ClientIP"
                ? TimeSpan.FromSeconds(spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? 10800)
                : null,
            InternalTrafficLocal = spec.InternalTrafficPolicy == "Local",
            ExternalTrafficLocal = isExternal && spec.ExternalTrafficPolicy == "Local",
            HealthCheckNodePort = spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" } ? spec.HealthCheckNodePort : 0,
            Ports = [.. spec.Ports.Select(p => new ProxyPort(p.Name, Protocol(p.Protocol), p.Port, p.NodePort))],
            Endpoints =
            [
                .. slices.Where(s => s.AddressType is "IPv4" or "IPv6" && !s.Metadata.Labels.ContainsKey(HeadlessLabel)).SelectMany(Endpoints)
                    .OrderBy(e => e.PortName, StringComparer.Ordinal)
                    .ThenBy(e => e.Address.ToString(), StringComparer.Ordinal)
                    .ThenBy(e => e.Port),
            ],
        };
    }

    private static IEnumerable<ProxyEndpoint> Endpoints(EndpointSlice slice)
    {
        foreach (var endpoint in slice.Endpoints)
        {
            // All addresses of an endpoint are the same; the API says to use the first.
            if (endpoint.Addresses.IsEmpty || !IPAddress.TryParse(endpoint.Addresses[0], out var address))
                continue;
            var ready = endpoint.Conditions.Ready ?? true;
            foreach (var port in slice.Ports)
            {
                if (port.Port is not { } number)
                    continue;
                yield return new ProxyEndpoint(address, port.Name ?? "", Protocol(port.Protocol ?? ""), number, endpoint.NodeName ?? "")
                {
                    Ready = ready,
                    Serving = endpoint.Conditions.Serving ?? ready,
                    Terminating = endpoint.Conditions.Terminating ?? false,
                    ZoneHints = [.. (endpoint.Hints?.ForZones ?? []).Select(z => z.Name)],
                    NodeHints = [.. (endpoint.Hints?.ForNodes ?? []).Select(n => n.Name)],
                };
            }
        }
    }

    private static string Protocol(string protocol) => protocol.Length == 0 ? "tcp" : protocol.ToLower(CultureInfo.InvariantCulture);

    private static ImmutableArray<IPAddress> Addresses(IEnumerable<string> texts) =>
        [.. texts.Select(t => IPAddress.TryParse(t, out var address) ? address : null).OfType<IPAddress>().Distinct()];
}
