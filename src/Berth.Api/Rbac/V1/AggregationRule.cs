using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

public sealed partial record AggregationRule
{
    [Field(1)]
    public ApiList<LabelSelector> ClusterRoleSelectors { get; init; } = [];
}
