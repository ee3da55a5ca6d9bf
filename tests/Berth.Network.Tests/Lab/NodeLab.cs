using System.Net;
using Berth.Network.PodNetwork;
using Berth.Network.Proxy;
using Berth.Resources.Addresses;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.Lab;

/// <summary>
/// A node as Berth makes it, in namespaces: the bridge with three pods, and a neighbour outside.
/// <code>
/// pod a 10.42.0.2 ┐
/// pod b 10.42.0.3 ┼ bridge 10.42.0.1 · node 192.0.2.1 ─── outside 192.0.2.2
/// pod c 10.42.0.4 ┘
/// </code>
/// </summary>
internal sealed class NodeLab : IAsyncDisposable
{
    public required NetworkNamespace Node { get; init; }
    public required NetworkNamespace Outside { get; init; }
    public required IReadOnlyList<NetworkNamespace> Pods { get; init; }
    public required NodePodNetwork PodNetwork { get; init; }
    public required PodLinks Links { get; init; }
    public required ProxyContext Context { get; init; }
    public required string StateDirectory { get; init; }

    public NetworkNamespace A => Pods[0];
    public NetworkNamespace B => Pods[1];

    /// <param name="bridgeNetfilter">False: as on a kernel without br_netfilter.</param>
    /// <param name="dual">With IPv6 too: pods fd42::2 to fd42::4, Services fd96::/108, the node 2001:db8::1, its neighbour 2001:db8::2.</param>
    /// <param name="packetMax">As the node's option of that name.</param>
    public static async Task<NodeLab> CreateAsync(bool bridgeNetfilter = true, bool dual = false, uint? packetMax = null)
    {
        var node = await NetworkNamespace.CreateAsync("node");
        var outside = await NetworkNamespace.CreateAsync("out");
        var state = Directory.CreateTempSubdirectory("berth-test-").FullName;
        var options = new PodNetworkOptions
        {
            Bridge = "berth0",
            NodePodNetwork = IpRanges.Parse(dual ? "10.42.0.0/24,fd42::/64" : "10.42.0.0/24"),
            ServiceNetwork = IpRanges.Parse(dual ? "10.96.0.0/16,fd96::/108" : "10.96.0.0/16"),
            StateDirectory = state,
        };
        // A new namespace may take these over from the machine's own.
        node.WriteSysctl("net/ipv4/ip_forward", "0");
        var podNetwork = new NodePodNetwork(options, node, NullLogger.Instance);
        var status = await podNetwork.EnsureAsync(CancellationToken.None);
        Assert.Empty(status.Warnings);
        if (!bridgeNetfilter)
            node.WriteSysctl("net/bridge/bridge-nf-call-iptables", "0");

        await node.IpAsync($"link add out0 type veth peer name eth0 netns {outside.Name}");
        await node.IpAsync("address add 192.0.2.1/24 dev out0");
        await node.IpAsync("link set out0 up");
        await outside.IpAsync("address add 192.0.2.2/24 dev eth0");
        await outside.IpAsync("link set eth0 up");
        // What a client that routes cluster addresses to this node would do.
        await outside.IpAsync("route add 10.96.0.0/16 via 192.0.2.1");
        await outside.IpAsync("route add 198.51.100.0/24 via 192.0.2.1");

        if (dual)
        {
            await node.IpAsync("address add 2001:db8::1/64 dev out0 nodad");
            await outside.IpAsync("address add 2001:db8::2/64 dev eth0 nodad");
            await outside.IpAsync("route add fd96::/108 via 2001:db8::1");
        }

        List<NetworkNamespace> pods = [];
        for (var i = 0; i < 3; i++)
        {
            var pod = await NetworkNamespace.CreateAsync($"pod{i}");
            await node.IpAsync($"link add veth{i} type veth peer name eth0 netns {pod.Name}");
            // As the CNI bridge plugin with hairpinMode sets up a pod.
            await node.IpAsync($"link set veth{i} master berth0");
            await node.IpAsync($"link set veth{i} type bridge_slave hairpin on");
            await node.IpAsync($"link set veth{i} up");
            await pod.IpAsync($"address add 10.42.0.{i + 2}/24 dev eth0");
            await pod.IpAsync("link set eth0 up");
            await pod.IpAsync("route add default via 10.42.0.1");
            if (dual)
            {
                await pod.IpAsync($"address add fd42::{i + 2}/64 dev eth0 nodad");
                await pod.IpAsync("route add default via fd42::1");
            }
            pods.Add(pod);
        }
        // As a node does when a pod has its addresses.
        var links = new PodLinks(new PodLinksOptions { Bridge = options.Bridge, SizeMax = packetMax, StateDirectory = state }, node, NullLogger.Instance);
        await links.EnsureAsync(CancellationToken.None);
        return new NodeLab
        {
            Links = links,
            Node = node,
            Outside = outside,
            Pods = pods,
            PodNetwork = podNetwork,
            StateDirectory = state,
            Context = new ProxyContext
            {
                Table = "berth-test",
                NodeName = "node",
                PodNetwork = IPNetwork.Parse("10.42.0.0/16"),
                ServiceNetworks = [options.ServiceNetwork.Primary],
                NodePortAddresses = [IPAddress.Parse("192.0.2.1")],
                LocalhostNodePortBridge = "berth0",
                MasqueradeBridged = !bridgeNetfilter || !status.BridgeNetfilter,
            },
        };
    }

    public async ValueTask DisposeAsync()
    {
        Links.Dispose();
        foreach (var pod in Pods)
            await pod.DisposeAsync();
        await Outside.DisposeAsync();
        await Node.DisposeAsync();
        if (Directory.Exists(StateDirectory))
            Directory.Delete(StateDirectory, recursive: true);
    }
}
