using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ServiceStatus
{
    [Field(1)]
    public LoadBalancerStatus LoadBalancer { get; init; } = LoadBalancerStatus.Empty;

    [Field(2), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<Condition> Conditions { get; init; } = [];
}
