using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

/// <summary>Gathers the rules of other ClusterRoles.</summary>
public sealed partial record AggregationRule
{
    /// <summary>Labels of the roles; those that any of them chooses.</summary>
    [Field(1)]
    public ApiList<LabelSelector> ClusterRoleSelectors { get; init; } = [];
}
