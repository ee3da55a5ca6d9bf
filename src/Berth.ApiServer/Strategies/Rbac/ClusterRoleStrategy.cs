using Berth.Api.Rbac.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Rbac;

public sealed class ClusterRoleStrategy : ResourceStrategy<ClusterRole>
{
    public override NameRule NameRule => NameRule.PathSegment;

    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override void Validate(ClusterRole value, FieldErrors errors)
    {
        RbacRules.Rules(errors, value.Rules, namespaced: false);
        if (value.AggregationRule is not { } aggregation)
            return;
        var path = FieldPath.Root["aggregationRule"]["clusterRoleSelectors"];
        if (aggregation.ClusterRoleSelectors.IsEmpty)
            errors.Required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        for (var i = 0; i < aggregation.ClusterRoleSelectors.Count; i++)
            SelectorRules.Label(errors, path[i], aggregation.ClusterRoleSelectors[i]);
    }
}
