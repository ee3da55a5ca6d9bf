using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One address of a load balancer.</summary>
public sealed partial record LoadBalancerIngress
{
    /// <summary>The address, for load balancers that have addresses.</summary>
    [Field(1)]
    public string Ip { get; init; } = "";

    /// <summary>The name, for load balancers that have names.</summary>
    [Field(2)]
    public string Hostname { get; init; } = "";

    /// <summary>
    /// VIP: packets reach the nodes with this address as destination, so that pods in the cluster can go straight to the endpoints. Proxy:
    /// they come with a node's address, and pods go through the load balancer. Default with ip: VIP.
    /// </summary>
    [Field(3)]
    public string? IpMode { get; init; }

    /// <summary>Ports of the Service, each with its state.</summary>
    [Field(4)]
    public ApiList<PortStatus> Ports { get; init; } = [];
}
