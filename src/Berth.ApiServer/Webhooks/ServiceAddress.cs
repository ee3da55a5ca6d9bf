using System.Net;
using System.Net.Sockets;
using Berth.Api.Core.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Webhooks;

/// <summary>Finds where a Service of the cluster is to be reached from here.</summary>
internal static class ServiceAddress
{
    private const string Suffix = ".svc";

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

        if (!service.Spec.Ports.Any(p => p.Port == port))
            throw new WebhookException($"no service port {port} found for service \"{name}\"");
        return IPAddress.TryParse(service.Spec.ClusterIP, out var address)
            ? new IPEndPoint(address, port)
            : throw new WebhookException($"service \"{name}\" has no cluster address");
    }
}
