using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Ingress.Routing;

namespace Berth.Ingress.Sources;

/// <summary>From a Service and its slices to the addresses behind one of its ports. Pure.</summary>
internal static class ServicePorts
{
    /// <param name="port">Name or number of the Service's port.</param>
    public static ServicePort? Find(Service service, string port) =>
        service.Spec.Ports.FirstOrDefault(p => p.Name.Length > 0 && p.Name == port)
            ?? (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? service.Spec.Ports.FirstOrDefault(p => p.Port == number) : null);

    public static BackendProtocol ProtocolOf(ServicePort port) => port.AppProtocol switch
    {
        "kubernetes.io/h2c" or "h2c" or "grpc" => BackendProtocol.H2c,
        "https" or "HTTPS" => BackendProtocol.Https,
        _ => BackendProtocol.Http1,
    };

    /// <summary>Ready endpoints; where there are none, those that terminate but still serve.</summary>
    public static ImmutableArray<string> Destinations(Service service, ServicePort port, IEnumerable<EndpointSlice> slices)
    {
        var scheme = ProtocolOf(port) == BackendProtocol.Https ? "https" : "http";
        if (service.Spec.Type == "ExternalName")
            return [string.Create(CultureInfo.InvariantCulture, $"{scheme}://{service.Spec.ExternalName}:{port.Port}")];
        var endpoints = slices
            .Where(s => s.AddressType is "IPv4" or "IPv6")
            .SelectMany(s => s.Ports.Where(p => (p.Name ?? "") == port.Name && p.Port is not null).SelectMany(p => s.Endpoints.Select(e => (Endpoint: e, Port: p.Port!.Value))))
            .Where(e => !e.Endpoint.Addresses.IsEmpty)
            .ToList();
        var chosen = endpoints.Where(e => e.Endpoint.Conditions.Ready ?? true).ToList();
        if (chosen.Count == 0)
            chosen = [.. endpoints.Where(e => e.Endpoint.Conditions is { Serving: true, Terminating: true })];
        return [.. chosen.Select(e => $"{scheme}://{HostOf(e.Endpoint.Addresses[0])}:{e.Port.ToString(CultureInfo.InvariantCulture)}").Distinct().Order(StringComparer.Ordinal)];
    }

    private static string HostOf(string address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address;
}
