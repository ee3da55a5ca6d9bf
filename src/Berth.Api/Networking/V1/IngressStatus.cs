using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>State of an Ingress.</summary>
public sealed partial record IngressStatus
{
    /// <summary>Its addresses.</summary>
    [Field(1)]
    public IngressLoadBalancerStatus LoadBalancer { get; init; } = IngressLoadBalancerStatus.Empty;
}
