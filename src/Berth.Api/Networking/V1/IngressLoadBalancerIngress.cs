using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>An address of an Ingress.</summary>
public sealed partial record IngressLoadBalancerIngress
{
    /// <summary>The address.</summary>
    [Field(1)]
    public string Ip { get; init; } = "";

    /// <summary>The name, for load balancers that have names.</summary>
    [Field(2)]
    public string Hostname { get; init; } = "";

    /// <summary>Ports, each with its state.</summary>
    [Field(4)]
    public ApiList<IngressPortStatus> Ports { get; init; } = [];
}
