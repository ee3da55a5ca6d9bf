using System.Collections.Immutable;
using System.Net;
using Berth.Resources.Addresses;

namespace Berth.Network.Proxy;

/// <summary>How the service proxy is set up.</summary>
public sealed record ServiceProxyOptions
{
    /// <summary>The nftables table, ours alone: one for each instance on a machine.</summary>
    public string Table { get; init; } = "berth";

    public required string NodeName { get; init; }

    /// <summary>The whole cluster's pods.</summary>
    public required IpRanges PodNetwork { get; init; }

    /// <summary>The range that the cluster was made with. Further ones come from ServiceCIDR objects.</summary>
    public required IpRanges ServiceNetwork { get; init; }

    /// <summary>Interface that routes of further ranges name; empty: none are made.</summary>
    public string RouteInterface { get; init; } = "";

    /// <summary>
    /// Addresses of this machine that take NodePort traffic. Empty: the InternalIPs of the Node object, which is what kube-proxy's nftables
    /// mode does by default.
    /// </summary>
    public ImmutableArray<IPAddress> NodePortAddresses { get; init; } = [];

    /// <summary>The pod bridge, if NodePorts are to answer on 127.0.0.1 too; <see cref="PodNetwork.NodePodNetwork"/> must have made it with that option.</summary>
    public string LocalhostNodePortBridge { get; init; } = "";

    /// <summary>From <see cref="PodNetwork.PodNetworkStatus.BridgeNetfilter"/>: true where that is false.</summary>
    public bool MasqueradeBridged { get; init; }

    public bool MasqueradeOutgoing { get; init; } = true;

    /// <summary>Least time between two updates. The first change after a quiet time is applied at once; those of a burst share the next one.</summary>
    public TimeSpan IntervalMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often to see whether the table is still there: a firewall that reloads may flush all tables. A look costs some 5 ms of CPU.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often to write the whole table anew, in case somebody changed what is in it.</summary>
    public TimeSpan ResyncInterval { get; init; } = TimeSpan.FromHours(1);
}
