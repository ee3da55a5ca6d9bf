using System.Net;
using Berth.Network.PodNetwork;
using Berth.Resources.Addresses;
using Microsoft.Extensions.Logging;

namespace Berth.Up;

/// <summary>What <c>berth up</c> or <c>berth server</c> was asked for, checked.</summary>
internal sealed record UpOptions
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required string Kubeconfig { get; init; }

    /// <summary>Socket of a CRI runtime that is not Berth's own; null: Berth runs a containerd.</summary>
    public string? RuntimeEndpoint { get; init; }

    public required IpRanges PodCidr { get; init; }

    public required IpRanges ServiceCidr { get; init; }

    public required string NodeName { get; init; }

    public required LogLevel LogLevel { get; init; }

    /// <summary>Where the built-in ingress controller listens; null: there is none.</summary>
    public Ingress.IngressServerOptions? Ingress { get; init; }

    /// <summary>How this machine shares out what it has.</summary>
    public Node.Resources.NodeConfiguration NodeConfiguration { get; init; } = Node.Resources.NodeConfiguration.Default;

    public string ClusterDomain { get; init; } = "cluster.local";

    public PodNetworkMode PodNetwork { get; init; } = PodNetworkMode.Auto;

    /// <summary>The largest packet between pods of this machine, in bytes; null: what its devices allow.</summary>
    public uint? PodPacketMax { get; init; }

    /// <summary>By which other machines reach this one.</summary>
    public required IPAddress HostAddress { get; init; }

    /// <summary>Of the other family, on a dual-stack cluster; null where this machine has none.</summary>
    public IPAddress? OtherAddress { get; init; }

    /// <summary>What <see cref="HostAddress"/> and <see cref="OtherAddress"/> are to be; null: found out.</summary>
    public (IPAddress First, IPAddress? Second)? NodeAddresses { get; init; }

    public bool ListensEverywhere => Listen.Address.Equals(IPAddress.Any) || Listen.Address.Equals(IPAddress.IPv6Any);

    public IPAddress? Advertise { get; init; }

    public IReadOnlyList<string> ExtraNames { get; init; } = [];

    /// <summary>Null: nothing is written down of requests.</summary>
    public AuditSettings? Audit { get; init; }

    /// <summary>As Kubernetes distributions have it: the tenth address of the Services' range.</summary>
    public IPAddress DnsAddress => PodNetworkOptions.NthAddress(ServiceCidr.Primary, 10);

    /// <param name="podGateway">Address of this machine on the bridge of its pods; null where it has none.</param>
    public ControlPlaneOptions ControlPlane(IPAddress? podGateway) => new()
    {
        DataDirectory = DataDirectory,
        Listen = Listen,
        HostAddress = HostAddress,
        OtherAddress = OtherAddress,
        Advertise = Advertise,
        ExtraNames = [NodeName, .. ExtraNames],
        Kubeconfig = Kubeconfig,
        PodCidr = PodCidr,
        ServiceCidr = ServiceCidr,
        ClusterDomain = ClusterDomain,
        PodNetwork = PodNetwork.ToString().ToLowerInvariant(),
        PodGateway = podGateway,
        Audit = Audit,
    };

    /// <param name="authorityHash">Of the cluster's authority.</param>
    public NodeSideOptions NodeSide(string authorityHash) => new()
    {
        DataDirectory = DataDirectory,
        NodeName = NodeName,
        HostAddress = HostAddress,
        OtherAddress = OtherAddress,
        RuntimeEndpoint = RuntimeEndpoint,
        PodCidr = PodCidr,
        NodePodCidr = ControlPlane(null).OwnRange,
        ServiceCidr = ServiceCidr,
        ClusterDomain = ClusterDomain,
        PodNetwork = PodNetwork,
        PodPacketMax = PodPacketMax,
        NodeConfiguration = NodeConfiguration,
        HasIngress = Ingress is not null,
        ClusterNumber = NodeSideOptions.NumberOf(authorityHash),
    };
}
