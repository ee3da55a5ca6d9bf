using Berth.Api.Rbac.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Rbac;

public sealed class RoleStrategy : ResourceStrategy<Role>
{
    public override NameRule NameRule => NameRule.PathSegment;

    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override void Validate(Role value, FieldErrors errors)
    {
        RbacRules.Rules(errors, value.Rules, namespaced: true);
    }
}
