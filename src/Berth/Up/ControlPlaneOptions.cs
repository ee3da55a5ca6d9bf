using System.Net;
using Berth.ApiServer.Bootstrap;
using Berth.Controllers.NodeRanges;

namespace Berth.Up;

/// <summary>What a control plane is made with.</summary>
internal sealed record ControlPlaneOptions
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    /// <summary>By which other machines reach this one.</summary>
    public required IPAddress HostAddress { get; init; }

    /// <summary>Address that other machines are told; null: follows from <see cref="Listen"/>.</summary>
    public IPAddress? Advertise { get; init; }

    /// <summary>Names and addresses for the server's certificate, beside those that it listens on.</summary>
    public IReadOnlyList<string> ExtraNames { get; init; } = [];

    public required string Kubeconfig { get; init; }

    public required IPNetwork PodCidr { get; init; }

    public required IPNetwork ServiceCidr { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>auto, routes or vxlan.</summary>
    public string PodNetwork { get; init; } = "auto";

    /// <summary>Address of this machine on the bridge of its pods; null where it has none.</summary>
    public IPAddress? PodGateway { get; init; }

    public bool ListensEverywhere => Listen.Address.Equals(IPAddress.Any);

    /// <summary>Where pods and other machines reach the server; null when they cannot.</summary>
    public IPEndPoint? Advertised =>
        Advertise is { } given ? new(given, Listen.Port)
        : ListensEverywhere ? new(HostAddress, Listen.Port)
        : !IPAddress.IsLoopback(Listen.Address) ? Listen
        : PodGateway is { } gateway ? new(gateway, Listen.Port)
        : null;

    /// <summary>Where the machine's own programs reach it.</summary>
    public Uri Local => new($"https://{(ListensEverywhere ? IPAddress.Loopback : Listen.Address)}:{Listen.Port}");

    /// <summary>Range of pod addresses that belongs to this machine: the cluster's first.</summary>
    public IPNetwork OwnRange => new NodeRangePlan(PodCidr)[0];

    public IPAddress DnsAddress => Berth.Network.PodNetwork.PodNetworkOptions.NthAddress(ServiceCidr, 10);

    public ClusterFacts Facts => new(
        IPAddress.IsLoopback(Listen.Address) || Advertised is null ? Local : new Uri($"https://{Advertised}"),
        PodCidr.ToString(),
        ServiceCidr.ToString(),
        ClusterDomain,
        PodNetwork,
        OwnRange.ToString(),
        HostAddress.ToString());
}
