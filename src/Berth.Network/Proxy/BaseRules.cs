using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Berth.Network.Proxy;

/// <summary>
/// The table's fixed part. The way of a packet, with the hook it passes at each step:
/// <code>
/// prerouting/output, before DNAT   firewall-check            source ranges of load balancer addresses
/// prerouting/output, DNAT          services                  address or node port → the Service's chain → an endpoint
/// input/forward/output, filter     *-endpoints-check         nobody serves it: refuse quickly
///                                  cluster-ips-check         a cluster address, but no such port
/// postrouting, SNAT                masquerading              marked, hairpin, bridged, or leaving the cluster
/// </code>
/// The split and the names are those of kube-proxy's nftables mode, so that what people know about that applies.
/// </summary>
internal static class BaseRules
{
    public const string ServiceIps = "service-ips";
    public const string ServiceNodePorts = "service-nodeports";
    public const string NoEndpointServices = "no-endpoint-services";
    public const string NoEndpointNodePorts = "no-endpoint-nodeports";
    public const string FirewallIps = "firewall-ips";
    public const string Endpoints = "endpoints";
    public const string ClusterIps = "cluster-ips";
    public const string Hairpins = "hairpin-connections";
    public const string NodePortIps = "nodeport-ips";
    public const string Reject = "reject-chain";

    /// <summary>
    /// Endpoints up to which a Service that only pods and nodes use needs no chain of its own: one of the chains that all share takes a number
    /// below that of its endpoints, and looks that up in <see cref="Endpoints"/>.
    /// </summary>
    public const int PickMax = 32;

    public static string Pick(int endpoints) => string.Create(CultureInfo.InvariantCulture, $"pick-{endpoints}");

    public static string MarkForMasquerade(ProxyContext context) => $"meta mark set meta mark or {Hex(context.MasqueradeMark)}";

    /// <summary>Replaces whatever the table held by the fixed part alone.</summary>
    public static string Render(ProxyContext context)
    {
        var ip = context.Ip;
        var address = context.Family == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "ipv6_addr" : "ipv4_addr";
        var mark = Hex(context.MasqueradeMark);
        var networks = WithoutOverlap(context.ServiceNetworks).ToList();
        // One comparison where there is one range; a set costs each new connection a look-up.
        var serviceNetworks = networks.Count == 1 ? networks[0].ToString() : $"{{ {string.Join(", ", networks)} }}";
        // "add" before "delete": deleting a table that is not there would fail the whole script.
        var script = new StringBuilder(4096)
            .Append(CultureInfo.InvariantCulture, $"add table {ip} {context.Table}\n")
            .Append(CultureInfo.InvariantCulture, $"delete table {ip} {context.Table}\n")
            .Append(CultureInfo.InvariantCulture, $"table {ip} {context.Table} {{\n")
            .Append("comment \"services of a Berth node\"\n")
            .Append(CultureInfo.InvariantCulture, $$"""
                map {{ServiceIps}} { type {{address}} . inet_proto . inet_service : verdict; comment "cluster, external and load balancer addresses"; }
                map {{Endpoints}} { typeof {{ip}} daddr . meta l4proto . th dport . numgen random mod 2 : {{ip}} daddr . th dport; comment "of addresses of Services, by number"; }
                map {{ServiceNodePorts}} { type inet_proto . inet_service : verdict; comment "node ports"; }
                map {{NoEndpointServices}} { type {{address}} . inet_proto . inet_service : verdict; comment "addresses that nobody serves"; }
                map {{NoEndpointNodePorts}} { type inet_proto . inet_service : verdict; comment "node ports that nobody serves"; }
                map {{FirewallIps}} { type {{address}} . inet_proto . inet_service : verdict; comment "addresses with loadBalancerSourceRanges"; }
                set {{ClusterIps}} { type {{address}}; comment "cluster addresses in use"; }
                set {{Hairpins}} { type {{address}} . {{address}}; comment "endpoints of this node, to themselves"; }
                set {{NodePortIps}} { type {{address}}; comment "addresses that take node port traffic"; }
                chain {{Reject}} {
                  meta l4proto tcp reject with tcp reset
                  reject
                }
                chain firewall-check {
                  {{ip}} daddr . meta l4proto . th dport vmap @{{FirewallIps}}
                }
                chain service-endpoints-check {
                  {{ip}} daddr . meta l4proto . th dport vmap @{{NoEndpointServices}}
                }
                chain nodeport-endpoints-check {
                  {{ip}} daddr @{{NodePortIps}} meta l4proto . th dport vmap @{{NoEndpointNodePorts}}
                }
                chain cluster-ips-check {
                  {{ip}} daddr @{{ClusterIps}} goto {{Reject}} comment "no such port"
                  {{ip}} daddr {{serviceNetworks}} drop comment "not a Service's address, or not yet"
                }
                chain services {
                  {{ip}} daddr @{{ClusterIps}} {{ip}} saddr != {{context.PodNetwork}} {{MarkForMasquerade(context)}} comment "from outside the pod network"
                  {{ip}} daddr . meta l4proto . th dport vmap @{{ServiceIps}}
                  {{ip}} daddr @{{NodePortIps}} meta l4proto . th dport vmap @{{ServiceNodePorts}}
                }
                chain masquerading {
                  meta mark & {{mark}} != 0 meta mark set meta mark xor {{mark}} masquerade fully-random
                  ct status dnat {{ip}} saddr . {{ip}} daddr @{{Hairpins}} masquerade fully-random
                
                """);
        if (context.MasqueradeBridged)
            script.Append(CultureInfo.InvariantCulture, $"  ct status dnat {ip} saddr {context.PodNetwork} {ip} daddr {context.PodNetwork} masquerade fully-random\n");
        if (context.MasqueradeOutgoing)
        {
            var multicast = ip == "ip6" ? "ff00::/8, fe80::/10" : "224.0.0.0/4";
            script.Append(CultureInfo.InvariantCulture, $"  {ip} saddr {context.PodNetwork} {ip} daddr != {{ {context.PodNetwork}, {multicast} }} masquerade fully-random comment \"pods to the outside\"\n");
        }
        script.Append("}\n");
        for (var n = 1; n <= PickMax; n++)
            script.Append(CultureInfo.InvariantCulture, $"chain {Pick(n)} {{ dnat {ip} addr . port to {ip} daddr . meta l4proto . th dport . numgen random mod {n} map @{Endpoints}; }}\n");
        script.Append("""
            chain filter-prerouting-pre-dnat { type filter hook prerouting priority dstnat - 10; ct state new jump firewall-check; }
            chain filter-output-pre-dnat { type filter hook output priority -110; ct state new jump firewall-check; }
            chain filter-input { type filter hook input priority filter; ct state new jump nodeport-endpoints-check; ct state new jump service-endpoints-check; }
            chain filter-forward { type filter hook forward priority filter; ct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }
            chain filter-output { type filter hook output priority filter; ct state new jump nodeport-endpoints-check; ct state new jump service-endpoints-check; ct state new jump cluster-ips-check; }
            chain nat-prerouting { type nat hook prerouting priority dstnat; jump services; }
            chain nat-output { type nat hook output priority -100; jump services; }
            chain nat-postrouting { type nat hook postrouting priority srcnat; jump masquerading; }

            """);
        // With route_localnet on the bridge, pods could otherwise reach what listens on the host's loopback addresses only (CVE-2020-8558).
        if (context.LocalhostNodePortBridge.Length > 0 && ip == "ip")
            script.Append(CultureInfo.InvariantCulture, $"chain martians {{ type filter hook prerouting priority raw; iifname != \"lo\" {ip} daddr 127.0.0.0/8 drop; }}\n");
        script.Append("}\n");
        var nodePortIps = context.NodePortAddresses.Where(a => a.AddressFamily == context.Family).Select(a => a.ToString());
        if (context.LocalhostNodePortBridge.Length > 0 && ip == "ip")
            nodePortIps = nodePortIps.Append("127.0.0.1");
        var addresses = string.Join(", ", nodePortIps.Distinct());
        if (addresses.Length > 0)
            script.Append(CultureInfo.InvariantCulture, $"add element {ip} {context.Table} {NodePortIps} {{ {addresses} }}\n");
        return script.ToString();
    }

    /// <summary>Removes the table, whether it is there or not.</summary>
    public static string RenderRemoval(ProxyContext context) =>
        $"add table {context.Ip} {context.Table}\ndelete table {context.Ip} {context.Table}\n";

    // An anonymous set takes no interval twice.
    private static IEnumerable<System.Net.IPNetwork> WithoutOverlap(ImmutableArray<System.Net.IPNetwork> networks) =>
        networks.Distinct().Where(n => !networks.Any(o => o.PrefixLength < n.PrefixLength && o.Contains(n.BaseAddress)));

    private static string Hex(uint value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");
}
