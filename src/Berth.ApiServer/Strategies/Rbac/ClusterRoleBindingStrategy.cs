using Berth.Api.Rbac.V1;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Strategies.Rbac;

public sealed class ClusterRoleBindingStrategy : ResourceStrategy<ClusterRoleBinding>
{
    public override NameRule NameRule => NameRule.PathSegment;

    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override ClusterRoleBinding Default(ClusterRoleBinding value)
    {
        var subjects = value.Subjects.Map(RbacDefaults.Of);
        var role = RbacDefaults.Of(value.RoleRef);
        return ReferenceEquals(subjects, value.Subjects) && ReferenceEquals(role, value.RoleRef)
            ? value
            : value with { Subjects = subjects, RoleRef = role };
    }
}
