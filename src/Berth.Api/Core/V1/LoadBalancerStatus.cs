using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>State of a load balancer.</summary>
public sealed partial record LoadBalancerStatus
{
    /// <summary>Where traffic for the Service should be sent.</summary>
    [Field(1)]
    public ApiList<LoadBalancerIngress> Ingress { get; init; } = [];
}
