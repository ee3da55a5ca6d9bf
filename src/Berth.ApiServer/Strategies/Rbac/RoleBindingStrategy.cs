using Berth.Api.Rbac.V1;
using Berth.ApiServer.Registry;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Rbac;

public sealed class RoleBindingStrategy : ResourceStrategy<RoleBinding>
{
    public override NameRule NameRule => NameRule.PathSegment;

    public override bool AllowsCreateOnUpdate => true;

    public override bool HasGeneration => false;

    public override RoleBinding Default(RoleBinding value)
    {
        var subjects = value.Subjects.Map(RbacDefaults.Of);
        var role = RbacDefaults.Of(value.RoleRef);
        return ReferenceEquals(subjects, value.Subjects) && ReferenceEquals(role, value.RoleRef)
            ? value
            : value with { Subjects = subjects, RoleRef = role };
    }

    public override void Validate(RoleBinding value, FieldErrors errors)
    {
        RbacRules.Reference(errors, value.RoleRef, namespaced: true);
        RbacRules.Subjects(errors, value.Subjects, namespaced: true);
    }

    public override void ValidateUpdate(RoleBinding value, RoleBinding old, FieldErrors errors)
    {
        if (value.RoleRef != old.RoleRef)
            errors.Invalid("roleRef", value.RoleRef, "cannot change roleRef");
    }
}
