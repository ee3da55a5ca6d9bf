using System.Net;
using Berth.ApiServer.Bootstrap;
using Berth.Controllers.NodeRanges;
using Berth.Resources.Addresses;

namespace Berth.Up;

/// <summary>What a control plane is made with.</summary>
internal sealed record ControlPlaneOptions
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    /// <summary>By which other machines reach this one.</summary>
    public required IPAddress HostAddress { get; init; }

    /// <summary>Of the other family; null where there is none.</summary>
    public IPAddress? OtherAddress { get; init; }

    /// <summary>Address that other machines are told; null: follows from <see cref="Listen"/>.</summary>
    public IPAddress? Advertise { get; init; }

    /// <summary>Names and addresses for the server's certificate, beside those that it listens on.</summary>
    public IReadOnlyList<string> ExtraNames { get; init; } = [];

    public required string Kubeconfig { get; init; }

    public required IpRanges PodCidr { get; init; }

    public required IpRanges ServiceCidr { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>auto, routes, vxlan or wireguard.</summary>
    public string PodNetwork { get; init; } = "auto";

    /// <summary>Address of this machine on the bridge of its pods; null where it has none.</summary>
    public IPAddress? PodGateway { get; init; }

    /// <summary>Null: nothing is written down of requests.</summary>
    public AuditSettings? Audit { get; init; }

    public bool ListensEverywhere => Listen.Address.Equals(IPAddress.Any) || Listen.Address.Equals(IPAddress.IPv6Any);

    /// <summary>Where pods and other machines reach the server; null when they cannot.</summary>
    public IPEndPoint? Advertised =>
        Advertise is { } given ? new(given, Listen.Port)
        : ListensEverywhere ? new(HostAddress, Listen.Port)
        : !IPAddress.IsLoopback(Listen.Address) ? Listen
        : PodGateway is { } gateway ? new(gateway, Listen.Port)
        : null;

    /// <summary>Where the machine's own programs reach it.</summary>
    public Uri Local => new($"https://{new IPEndPoint(!ListensEverywhere ? Listen.Address : Listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback : IPAddress.IPv6Loopback, Listen.Port)}");

    /// <summary>Pod addresses that belong to this machine: the cluster's first range of each family.</summary>
    public IpRanges OwnRange => PodCidr.Map(r => new NodeRangePlan(r)[0]);

    public IPAddress DnsAddress => Berth.Network.PodNetwork.PodNetworkOptions.NthAddress(ServiceCidr.Primary, 10);

    public ClusterFacts Facts => new(
        IPAddress.IsLoopback(Listen.Address) || Advertised is null ? Local : new Uri($"https://{Advertised}"),
        PodCidr.ToString(),
        ServiceCidr.ToString(),
        ClusterDomain,
        PodNetwork,
        OwnRange.ToString(),
        OtherAddress is null ? HostAddress.ToString() : $"{HostAddress},{OtherAddress}");
}
