using System.Globalization;
using Berth.Api.Core.V1;

namespace Berth.Node.PodSync;

/// <summary>Variables that tell a container where services are: Kubernetes' own form and that of Docker links.</summary>
public static class ServiceVariables
{
    /// <param name="services">All services of the pod's namespace and of <c>default</c>.</param>
    /// <param name="links">False leaves only the API server's.</param>
    public static Dictionary<string, string> Of(IEnumerable<Service> services, bool links, string ns)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        var chosen = new SortedDictionary<string, Service>(StringComparer.Ordinal);
        foreach (var service in services)
        {
            if (service.Spec.ClusterIP is "" or "None") continue;
            var isApi = service.Metadata is { Namespace: "default", Name: "kubernetes" };
            if (service.Metadata.Namespace == ns && (links || isApi)) chosen[service.Metadata.Name] = service;
            else if (isApi) chosen.TryAdd("kubernetes", service);
        }

        foreach (var service in chosen.Values) Add(result, service);
        return result;
    }

    private static void Add(Dictionary<string, string> result, Service service)
    {
        if (service.Spec.Ports.IsEmpty) return;
        var prefix = Upper(service.Metadata.Name);
        var host = service.Spec.ClusterIP;
        var first = service.Spec.Ports[0];
        result[prefix + "_SERVICE_HOST"] = host;
        result[prefix + "_SERVICE_PORT"] = Text(first.Port);
        foreach (var port in service.Spec.Ports)
        {
            if (port.Name.Length > 0) result[$"{prefix}_SERVICE_PORT_{Upper(port.Name)}"] = Text(port.Port);
        }

        foreach (var port in service.Spec.Ports)
        {
            var protocol = port.Protocol.Length == 0 ? "TCP" : port.Protocol;
            var address = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;
            var url = $"{protocol.ToLowerInvariant()}://{address}:{Text(port.Port)}";
            if (ReferenceEquals(port, first)) result[prefix + "_PORT"] = url;
            var name = $"{prefix}_PORT_{Text(port.Port)}_{protocol.ToUpperInvariant()}";
            result[name] = url;
            result[name + "_PROTO"] = protocol.ToLowerInvariant();
            result[name + "_PORT"] = Text(port.Port);
            result[name + "_ADDR"] = host;
        }
    }

    private static string Upper(string name) => name.ToUpperInvariant().Replace('-', '_');

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
