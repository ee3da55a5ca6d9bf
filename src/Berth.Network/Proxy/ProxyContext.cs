using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Berth.Network.Proxy;

/// <summary>What the rules of every Service depend on besides the Service. Changing it renders all of them again.</summary>
public sealed record ProxyContext
{
    /// <summary>Name of the nftables table that is ours alone; each instance on a machine has its own.</summary>
    public required string Table { get; init; }

    public AddressFamily Family { get; init; } = AddressFamily.InterNetwork;

    public required string NodeName { get; init; }

    /// <summary>The node's topology.kubernetes.io/zone label; empty without one.</summary>
    public string Zone { get; init; } = "";

    /// <summary>All pods of the cluster. Traffic from elsewhere to a cluster address is masqueraded, so that its answer comes back through here.</summary>
    public required IPNetwork PodNetwork { get; init; }

    /// <summary>All that cluster addresses are taken from: what goes to one that no Service has is dropped.</summary>
    public required ImmutableArray<IPNetwork> ServiceNetworks { get; init; }

    /// <summary>The node's own addresses that take NodePort traffic.</summary>
    public ImmutableArray<IPAddress> NodePortAddresses { get; init; } = [];

    /// <summary>
    /// Whether NodePorts answer on the loopback address as well, for connections from the machine itself. Needs <c>route_localnet</c> on the
    /// bridge named here, and on nothing else; our rules then drop what others send to loopback addresses. Empty: they do not.
    /// </summary>
    public string LocalhostNodePortBridge { get; init; } = "";

    /// <summary>
    /// True where the kernel does not show bridged packets to netfilter (no br_netfilter): an answer between two pods of one bridge would then
    /// reach the client without its address being translated back. Masquerading sends it through the host, at the price of the client's address.
    /// </summary>
    public bool MasqueradeBridged { get; init; }

    /// <summary>Whether pods' traffic to other networks leaves with the node's address.</summary>
    public bool MasqueradeOutgoing { get; init; } = true;

    /// <summary>Bit of the packet mark that asks for masquerading. The same that kube-proxy uses, whose meaning firewalls know.</summary>
    public uint MasqueradeMark { get; init; } = 0x4000;

    /// <summary>nftables' name of the family.</summary>
    public string Ip => Family == AddressFamily.InterNetworkV6 ? "ip6" : "ip";

    public bool Equals(ProxyContext? other) => other is not null
        && Table == other.Table && Family == other.Family && NodeName == other.NodeName && Zone == other.Zone
        && PodNetwork.Equals(other.PodNetwork) && ServiceNetworks.SequenceEqual(other.ServiceNetworks)
        && NodePortAddresses.SequenceEqual(other.NodePortAddresses)
        && LocalhostNodePortBridge == other.LocalhostNodePortBridge
        && MasqueradeBridged == other.MasqueradeBridged && MasqueradeOutgoing == other.MasqueradeOutgoing && MasqueradeMark == other.MasqueradeMark;

    public override int GetHashCode() => HashCode.Combine(Table, Family, NodeName);
}
