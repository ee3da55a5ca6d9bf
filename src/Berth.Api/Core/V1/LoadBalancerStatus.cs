using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record LoadBalancerStatus
{
    [Field(1)]
    public ApiList<LoadBalancerIngress> Ingress { get; init; } = [];
}
