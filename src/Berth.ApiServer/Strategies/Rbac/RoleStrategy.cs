using Berth.Api.Rbac.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Rbac;

public sealed class RoleStrategy : ResourceStrategy<Role>
{
    public override NameRule NameRule => NameRule.PathSegment;

    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;
}
