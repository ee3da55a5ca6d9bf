using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Berth.Network.Dns;
using Berth.Network.PodNetwork;
using Berth.Network.Policies;
using Berth.Network.Proxy;
using Berth.Resources.Addresses;

namespace Berth.Network;

/// <summary>One node's network. The rest of the options of its parts follow from these.</summary>
public sealed record NodeNetworkOptions
{
    /// <summary>Tells instances on one machine apart: names of interface and table come from it. See <see cref="InstanceOf"/>.</summary>
    public string Instance { get; init; } = "";

    public required string NodeName { get; init; }

    /// <summary>The whole cluster's pods.</summary>
    public required IpRanges PodNetwork { get; init; }

    /// <summary>This node's pods; null: all of the cluster's.</summary>
    public IpRanges? NodePodNetwork { get; init; }

    /// <summary>How other nodes' pods are reached; null: there are none.</summary>
    public NodeRoutesOptions? Routes { get; init; }

    /// <summary>Whether this node's DNS keeps the Service kube-dns itself; false where a controller leads it to the servers of all nodes.</summary>
    public bool KeepsDnsService { get; init; } = true;

    public required IpRanges ServiceNetwork { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>This machine's addresses that take NodePort traffic; empty: the Node object's InternalIPs.</summary>
    public ImmutableArray<IPAddress> NodePortAddresses { get; init; } = [];

    /// <summary>Whether NodePorts answer on 127.0.0.1 too.</summary>
    public bool LocalhostNodePorts { get; init; } = true;

    /// <summary>The largest packet between pods of this node, in bytes; see <see cref="PodLinksOptions.SizeMax"/>.</summary>
    public uint? PodPacketMax { get; init; }

    /// <summary>Where the container runtime keeps the pods' network namespaces.</summary>
    public string PodNamespaceDirectory { get; init; } = "/run/netns";

    public DnsForwarderOptions Forwarder { get; init; } = new();

    /// <summary>A short name for an instance: empty for the default data directory, a hash of the path for others.</summary>
    public static string InstanceOf(string dataDirectory, string defaultDataDirectory = "/var/lib/berth")
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataDirectory));
        return path == defaultDataDirectory ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 4));
    }

    /// <summary>The pod bridge; to be the CNI bridge plugin's <c>bridge</c>. Interface names have at most 15 bytes.</summary>
    public string Bridge => Instance.Length == 0 ? "berth0" : $"berth-{Instance}";

    /// <summary>The tunnel device, where one is needed.</summary>
    public string Tunnel => Instance.Length == 0 ? "berth-tun" : $"btun-{Instance}";

    public string Table => Instance.Length == 0 ? "berth" : $"berth-{Instance}";

    /// <summary>Network policies have a table of their own, which the Services' is rewritten without.</summary>
    public string PolicyTable => $"{Table}-policies";

    /// <summary>Where the node's load balancer addresses are kept while it runs and when it stops; gone with a reboot, as the addresses are.</summary>
    internal string AddressRecord => Path.Combine(Pod.StateDirectory, $"{Table}.addresses");

    /// <summary>The bridge's address: the pods' gateway, where DNS and whatever else pods are to reach on the host can listen.</summary>
    public IPAddress Gateway => Pod.Gateway;

    /// <summary>Address of the kube-dns Service, for containers' resolv.conf.</summary>
    public IPAddress DnsServiceAddress => PodNetworkOptions.NthAddress(ServiceNetwork.Primary, 10);

    internal PodNetworkOptions Pod => new()
    {
        Bridge = Bridge,
        NodePodNetwork = NodePodNetwork ?? PodNetwork,
        ServiceNetwork = ServiceNetwork,
        LocalhostNodePorts = LocalhostNodePorts,
    };

    internal PodLinksOptions Links => new()
    {
        Bridge = Bridge,
        NamespaceDirectory = PodNamespaceDirectory,
        SizeMax = PodPacketMax,
        StateDirectory = Pod.StateDirectory,
    };

    internal ServiceProxyOptions Proxy(PodNetworkStatus status) => new()
    {
        Table = Table,
        NodeName = NodeName,
        PodNetwork = PodNetwork,
        ServiceNetwork = ServiceNetwork,
        RouteInterface = Bridge,
        NodePortAddresses = NodePortAddresses,
        LocalhostNodePortBridge = LocalhostNodePorts ? Bridge : "",
        MasqueradeBridged = !status.BridgeNetfilter,
    };

    internal PolicyEnforcerOptions Policies(bool guardBridge) => new()
    {
        Table = PolicyTable,
        NodeName = NodeName,
        GuardBridge = guardBridge,
        Families = [.. PodNetwork.Families],
    };

    internal ClusterDnsOptions Dns => new()
    {
        Zone = ClusterDomain,
        ServiceAddress = DnsServiceAddress,
        ListenAddress = Gateway,
        OwnNetworks = [.. PodNetwork.All, .. ServiceNetwork.All],
        Forwarder = Forwarder,
        KeepsService = KeepsDnsService,
    };
}
