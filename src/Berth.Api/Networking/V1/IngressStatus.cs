using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressStatus
{
    [Field(1)]
    public IngressLoadBalancerStatus LoadBalancer { get; init; } = IngressLoadBalancerStatus.Empty;
}
