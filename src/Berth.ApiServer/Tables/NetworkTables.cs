using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Networking.V1;
using Berth.Api.Schema;
using Berth.Api.Selection;
using static Berth.ApiServer.Tables.Columns;

namespace Berth.ApiServer.Tables;

/// <summary>Tables of how pods are reached.</summary>
internal static class NetworkTables
{
    // More do not fit on a line.
    private const int ShownMax = 3;

    public static IReadOnlyList<KeyValuePair<KindInfo, KindTable>> Rows { get; } =
    [
        Table<Service>(
            Name<Service>(),
            Column<Service>("Type", s => s.Spec.Type),
            Column<Service>("Cluster-IP", s => s.Spec.ClusterIPs.IsEmpty ? TableCell.None : s.Spec.ClusterIPs[0]),
            Column<Service>("External-IP", ExternalIP),
            Column<Service>("Port(s)", s => TableCell.Join(s.Spec.Ports.Select(p => p.NodePort > 0 ? $"{p.Port}:{p.NodePort}/{p.Protocol}" : $"{p.Port}/{p.Protocol}"))),
            Age<Service>(),
            Wide<Service>("Selector", s => TableCell.Labels(s.Spec.Selector))),
        Table<Endpoints>(Name<Endpoints>(), Column<Endpoints>("Endpoints", Addresses), Age<Endpoints>()),
        Table<EndpointSlice>(
            Name<EndpointSlice>(),
            Column<EndpointSlice>("AddressType", s => s.AddressType),
            Column<EndpointSlice>("Ports", s => Some(s.Ports.Select(p => p.Port?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? p.Name ?? "*"), TableCell.Unset)),
            Column<EndpointSlice>("Endpoints", s => Some(s.Endpoints.SelectMany(e => e.Addresses.AsEnumerable()), TableCell.Unset)),
            Age<EndpointSlice>()),
        Table<Ingress>(
            Name<Ingress>(),
            Column<Ingress>("Class", i => i.Spec.IngressClassName ?? TableCell.None),
            Column<Ingress>("Hosts", i => Hosts(i)),
            Column<Ingress>("Address", i => string.Join(",", i.Status.LoadBalancer.Ingress.Select(a => a.Ip.Length > 0 ? a.Ip : a.Hostname))),
            Column<Ingress>("Ports", i => i.Spec.Tls.IsEmpty ? "80" : "80, 443"),
            Age<Ingress>()),
        Table<IngressClass>(
            Name<IngressClass>(),
            Column<IngressClass>("Controller", c => c.Spec.Controller),
            Column<IngressClass>("Parameters", c => c.Spec.Parameters is { } parameters
                ? $"{parameters.Kind}{(parameters.ApiGroup is { Length: > 0 } group ? "." + group : "")}/{parameters.Name}" : TableCell.None),
            Age<IngressClass>()),
        Table<NetworkPolicy>(
            Name<NetworkPolicy>(),
            Column<NetworkPolicy>("Pod-Selector", p => TableCell.Or(LabelSelectors.Compile(p.Spec.PodSelector).ToString())),
            Age<NetworkPolicy>()),
        Table<IPAddress>(
            Name<IPAddress>(),
            Column<IPAddress>("ParentRef", a => a.Spec.ParentRef is { } parent ? $"{parent.Resource}{(parent.Group.Length > 0 ? "." + parent.Group : "")}/{parent.Namespace}/{parent.Name}" : TableCell.None)),
        Table<ServiceCIDR>(Name<ServiceCIDR>(), Column<ServiceCIDR>("CIDRs", c => TableCell.Join(c.Spec.Cidrs)), Age<ServiceCIDR>()),
    ];

    private static string ExternalIP(Service service)
    {
        var own = string.Join(",", service.Spec.ExternalIPs.AsEnumerable());
        switch (service.Spec.Type)
        {
            case "ClusterIP" or "NodePort":
                return TableCell.Or(own);
            case "LoadBalancer":
                var given = service.Status.LoadBalancer.Ingress.Select(i => i.Ip.Length > 0 ? i.Ip : i.Hostname).Concat(service.Spec.ExternalIPs);
                return TableCell.Or(string.Join(",", given), "<pending>");
            case "ExternalName":
                return service.Spec.ExternalName;
            default:
                return TableCell.Unknown;
        }
    }

    private static string Addresses(Endpoints endpoints) => Some(
        endpoints.Subsets.SelectMany(s => s.Ports.IsEmpty
            ? s.Addresses.Select(a => a.Ip)
            : s.Ports.SelectMany(p => s.Addresses.Select(a => a.Ip.Contains(':', StringComparison.Ordinal) ? $"[{a.Ip}]:{p.Port}" : $"{a.Ip}:{p.Port}"))),
        TableCell.None);

    private static string Hosts(Ingress ingress) =>
        Some(ingress.Spec.Rules.Select(r => r.Host).Where(h => h.Length > 0), "*");

    private static string Some(IEnumerable<string> all, string none)
    {
        var list = all.ToList();
        if (list.Count == 0)
            return none;
        var text = string.Join(",", list.Take(ShownMax));
        return list.Count > ShownMax ? $"{text} + {list.Count - ShownMax} more..." : text;
    }
}
