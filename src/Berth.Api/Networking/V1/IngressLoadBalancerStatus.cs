using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

public sealed partial record IngressLoadBalancerStatus
{
    [Field(1)]
    public ApiList<IngressLoadBalancerIngress> Ingress { get; init; } = [];
}
