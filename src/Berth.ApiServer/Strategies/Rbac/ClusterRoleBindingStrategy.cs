using Berth.Api.Rbac.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

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

    public override void Validate(ClusterRoleBinding value, FieldErrors errors)
    {
        RbacRules.Reference(errors, value.RoleRef, namespaced: false);
        RbacRules.Subjects(errors, value.Subjects, namespaced: false);
    }

    public override void ValidateUpdate(ClusterRoleBinding value, ClusterRoleBinding old, FieldErrors errors)
    {
        if (value.RoleRef != old.RoleRef)
            errors.Invalid("roleRef", value.RoleRef, "cannot change roleRef");
    }
}
