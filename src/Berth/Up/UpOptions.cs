using System.Net;
using Microsoft.Extensions.Logging;

namespace Berth.Up;

/// <summary>What <c>berth up</c> was asked for, checked.</summary>
internal sealed record UpOptions
{
    public required string DataDirectory { get; init; }

    public required IPEndPoint Listen { get; init; }

    public required string Kubeconfig { get; init; }

    /// <summary>Socket of a CRI runtime that is not Berth's own; null: Berth runs a containerd.</summary>
    public string? RuntimeEndpoint { get; init; }

    public required IPNetwork PodCidr { get; init; }

    public required IPNetwork ServiceCidr { get; init; }

    public required string NodeName { get; init; }

    public required LogLevel LogLevel { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>As Kubernetes distributions have it: the tenth address of the Services' range.</summary>
    public IPAddress DnsAddress => Berth.Network.PodNetwork.PodNetworkOptions.NthAddress(ServiceCidr, 10);
}
