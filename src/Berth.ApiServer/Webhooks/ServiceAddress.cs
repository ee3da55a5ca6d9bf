using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Webhooks;

/// <summary>Finds where a Service of the cluster is to be reached from here.</summary>
internal static class ServiceAddress
{
    private const string Suffix = ".svc";

    // One after another, so that all endpoints have their share.
    private static int s_turn;

    /// <summary>Reads <c>NAME.NAMESPACE.svc</c>.</summary>
    public static bool TryParse(string host, out string ns, out string name)
    {
        (ns, name) = ("", "");
        if (!host.EndsWith(Suffix, StringComparison.Ordinal))
            return false;
        var parts = host[..^Suffix.Length].Split('.');
        if (parts.Length != 2)
            return false;
        (name, ns) = (parts[0], parts[1]);
        return true;
    }

    /// <exception cref="WebhookException">There is no such service, or it has no such port.</exception>
    public static async ValueTask<IPEndPoint> FindAsync(IObjectReader objects, string ns, string name, int port, CancellationToken cancellation)
    {
        var service = await objects.GetAsync<Service>(ns, name, cancellation).ConfigureAwait(false) ?? throw new WebhookException($"service \"{name}\" not found");
        if (service.Spec.Type == "ExternalName")
        {
            var addresses = await Dns.GetHostAddressesAsync(service.Spec.ExternalName, AddressFamily.InterNetwork, cancellation).ConfigureAwait(false);
            return addresses.Length > 0 ? new IPEndPoint(addresses[0], port) : throw new WebhookException($"{service.Spec.ExternalName} has no address");
        }

        var wanted = service.Spec.Ports.FirstOrDefault(p => p.Port == port) ?? throw new WebhookException($"no service port {port} found for service \"{name}\"");
        var ready = Ready(objects.List<EndpointSlice>(ns), name, wanted.Name);
        return ready.Count > 0
            ? ready[(int)((uint)Interlocked.Increment(ref s_turn) % ready.Count)]
            : throw new WebhookException($"no endpoints available for service \"{name}\"");
    }

    /// <summary>Where a port of a Service is served now, by pods that are ready.</summary>
    /// <remarks>Their own addresses, not the Service's: a control plane on a machine that is no node has no proxy.</remarks>
    public static IReadOnlyList<IPEndPoint> Ready(IEnumerable<EndpointSlice> slices, string service, string port) =>
        [.. slices
            .Where(s => s.AddressType != "FQDN" && s.Metadata.Labels.GetOr("kubernetes.io/service-name") == service)
            .SelectMany(s => s.Ports.Where(p => (p.Name ?? "") == port && p.Port is not null)
                .SelectMany(p => s.Endpoints.Where(e => e.Conditions.Ready != false).SelectMany(e => e.Addresses.Select(a => new IPEndPoint(IPAddress.Parse(a), p.Port!.Value)))))];
}
