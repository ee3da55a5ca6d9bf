using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>Addresses of an Ingress.</summary>
public sealed partial record IngressLoadBalancerStatus
{
    /// <summary>The addresses.</summary>
    [Field(1)]
    public ApiList<IngressLoadBalancerIngress> Ingress { get; init; } = [];
}
