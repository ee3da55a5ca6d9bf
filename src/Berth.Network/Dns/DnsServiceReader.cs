using System.Collections.Immutable;
using System.Net;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;

namespace Berth.Network.Dns;

/// <summary>From the API's objects to what DNS works with. Pure.</summary>
internal static class DnsServiceReader
{
    /// <summary>Null for a Service that has no address yet.</summary>
    public static DnsService? Read(Service service, IEnumerable<EndpointSlice> slices)
    {
        var spec = service.Spec;
        var result = new DnsService(service.Metadata.Namespace, service.Metadata.Name)
        {
            PublishNotReadyAddresses = spec.PublishNotReadyAddresses,
            Ports = [.. spec.Ports.Select(p => new DnsPort(p.Name, p.Protocol.Length == 0 ? "TCP" : p.Protocol, p.Port))],
        };
        if (spec.Type == "ExternalName")
            return result with { ExternalName = spec.ExternalName };
        result = result with { Endpoints = Endpoints(slices) };
        if (spec.ClusterIP == "None")
            return result with { Headless = true };
        ImmutableArray<IPAddress> addresses =
        [
            .. (spec.ClusterIPs.IsEmpty ? [spec.ClusterIP] : spec.ClusterIPs)
                .Select(a => IPAddress.TryParse(a, out var address) ? address : null).OfType<IPAddress>(),
        ];
        return addresses.IsEmpty ? null : result with { ClusterIps = addresses };
    }

    private static ImmutableArray<DnsEndpoint> Endpoints(IEnumerable<EndpointSlice> slices)
    {
        var endpoints = ImmutableArray.CreateBuilder<DnsEndpoint>();
        foreach (var slice in slices.Where(s => s.AddressType is "IPv4" or "IPv6").OrderBy(s => s.Metadata.Name, StringComparer.Ordinal))
        {
            ImmutableArray<DnsPort> ports =
                [.. slice.Ports.Where(p => p.Port is not null).Select(p => new DnsPort(p.Name ?? "", p.Protocol is { Length: > 0 } protocol ? protocol : "TCP", p.Port!.Value))];
            foreach (var endpoint in slice.Endpoints)
            {
                foreach (var text in endpoint.Addresses)
                {
                    if (IPAddress.TryParse(text, out var address))
                        endpoints.Add(new DnsEndpoint(address, endpoint.Hostname ?? "", endpoint.Conditions.Ready ?? true, ports));
                }
            }
        }
        return endpoints.ToImmutable();
    }
}
