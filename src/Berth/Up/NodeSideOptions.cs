using System.Net;
using Berth.Network;
using Berth.Network.PodNetwork;
using Berth.Node.Resources;
using Berth.Node.Runtime;
using Berth.Resources.Addresses;

namespace Berth.Up;

/// <summary>What a machine that gives pods a home is made with.</summary>
internal sealed record NodeSideOptions
{
    // Ethernet, IP, UDP and VXLAN.
    private const int VxlanHeaders = 50;

    // IPv6 headers are longer by so much.
    private const int LongerV6 = 20;

    // IPv6, UDP and WireGuard.
    private const int WireguardHeaders = 80;

    // Where CRI runtimes keep them unless told otherwise.
    private const string ForeignNamespaces = "/run/netns";

    public required string DataDirectory { get; init; }

    public required string NodeName { get; init; }

    /// <summary>By which other machines reach this one.</summary>
    public required IPAddress HostAddress { get; init; }

    /// <summary>Of the other family, on a dual-stack cluster; null where this machine has none.</summary>
    public IPAddress? OtherAddress { get; init; }

    public IReadOnlyList<IPAddress> HostAddresses => OtherAddress is { } other ? [HostAddress, other] : [HostAddress];

    /// <summary>Socket of a CRI runtime that is not Berth's own; null: Berth runs a containerd.</summary>
    public string? RuntimeEndpoint { get; init; }

    /// <summary>The whole cluster's pods.</summary>
    public required IpRanges PodCidr { get; init; }

    /// <summary>This machine's pods.</summary>
    public required IpRanges NodePodCidr { get; init; }

    public required IpRanges ServiceCidr { get; init; }

    /// <summary>Whether the built-in ingress controller runs on this machine.</summary>
    public bool HasIngress { get; init; }

    public required string ClusterDomain { get; init; }

    public PodNetworkMode PodNetwork { get; init; } = PodNetworkMode.Auto;

    /// <summary>The largest packet between pods of this machine, in bytes; null: what its devices allow.</summary>
    public uint? PodPacketMax { get; init; }

    /// <summary>How this machine shares out what it has.</summary>
    public NodeConfiguration NodeConfiguration { get; init; } = NodeConfiguration.Default;

    /// <summary>24 bits that are the same on all machines of a cluster, and another in other clusters.</summary>
    public required int ClusterNumber { get; init; }

    /// <summary>The control plane's machine, whose range is no Node's; null where it is this one.</summary>
    public PodPeer? ControlPlane { get; init; }

    public IPAddress DnsAddress => PodNetworkOptions.NthAddress(ServiceCidr.Primary, 10);

    public NodeNetworkOptions Network => NetworkOf(DataDirectory, NodeName, PodCidr, NodePodCidr, ServiceCidr) with
    {
        ClusterDomain = ClusterDomain,
        KeepsDnsService = false,
        PodPacketMax = PodPacketMax,
        PodNamespaceDirectory = RuntimeEndpoint is null ? new ContainerdPaths(Containerd).NetworkNamespaces : ForeignNamespaces,
        Routes = new NodeRoutesOptions
        {
            Mode = PodNetwork,
            Address = HostAddress,
            OtherAddress = OtherAddress,
            TunnelId = ClusterNumber,
            WireguardKeyFile = Path.Combine(DataDirectory, "network", "wireguard.key"),
            TunnelMtu = Up.HostAddress.MtuOf(HostAddress) - WireguardHeaders,
            Fixed = ControlPlane is { } plane ? [plane] : [],
        },
    };

    public ContainerdOptions Containerd => ContainerdOf(DataDirectory, NodePodCidr) with
    {
        // In a tunnel each packet carries a second set of headers. Where only some nodes need one, the kernel tells senders of the smaller size.
        Mtu = PodNetwork == PodNetworkMode.Wireguard ? Up.HostAddress.MtuOf(HostAddress) - WireguardHeaders : PodNetwork == PodNetworkMode.Vxlan ? Up.HostAddress.MtuOf(HostAddress) - VxlanHeaders - (HostAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? LongerV6 : 0) : null,
    };

    /// <summary>Number of a cluster, from the hash of its authority's key.</summary>
    public static int NumberOf(string publicKeyHash) => Math.Max(1, Convert.ToInt32(publicKeyHash[..6], 16));

    public static NodeNetworkOptions NetworkOf(string dataDirectory, string nodeName, IpRanges podCidr, IpRanges? nodePodCidr, IpRanges serviceCidr) => new()
    {
        Instance = NodeNetworkOptions.InstanceOf(dataDirectory, Berth.Instance.DataDirectory.Default),
        NodeName = nodeName,
        PodNetwork = podCidr,
        NodePodNetwork = nodePodCidr,
        ServiceNetwork = serviceCidr,
    };

    public static ContainerdOptions ContainerdOf(string dataDirectory, IpRanges podCidr) => new()
    {
        DataDirectory = dataDirectory,
        PodCidrs = [.. podCidr.All.Select(r => r.ToString())],
        BridgeName = NetworkOf(dataDirectory, "", podCidr, null, podCidr).Bridge,
    };
}
