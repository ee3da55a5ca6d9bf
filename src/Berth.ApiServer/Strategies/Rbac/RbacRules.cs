using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Rbac;

/// <summary>Rules of roles and bindings.</summary>
internal static class RbacRules
{
    public static void Rules(FieldErrors errors, ApiList<PolicyRule> rules, bool namespaced)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            var (rule, path) = (rules[i], FieldPath.Root["rules"][i]);
            if (rule.Verbs.IsEmpty)
                errors.Required(path["verbs"], "verbs must contain at least one value");
            if (!rule.NonResourceURLs.IsEmpty)
            {
                if (namespaced)
                    errors.Invalid(path["nonResourceURLs"], rule.NonResourceURLs, "namespaced rules cannot apply to non-resource URLs");
                if (!rule.ApiGroups.IsEmpty || !rule.Resources.IsEmpty || !rule.ResourceNames.IsEmpty)
                    errors.Invalid(path["nonResourceURLs"], rule.NonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs");
                continue;
            }

            if (rule.ApiGroups.IsEmpty)
                errors.Required(path["apiGroups"], "resource rules must supply at least one api group");
            if (rule.Resources.IsEmpty)
                errors.Required(path["resources"], "resource rules must supply at least one resource");
        }
    }

    public static void Reference(FieldErrors errors, RoleRef role, bool namespaced)
    {
        var path = FieldPath.Root["roleRef"];
        BasicRules.OneOf(errors, path["apiGroup"], role.ApiGroup, RbacDefaults.Group);
        if (namespaced)
            BasicRules.OneOf(errors, path["kind"], role.Kind, "Role", "ClusterRole");
        else
            BasicRules.OneOf(errors, path["kind"], role.Kind, "ClusterRole");
        BasicRules.RequiredSegment(errors, path["name"], role.Name);
    }

    public static void Subjects(FieldErrors errors, ApiList<Subject> subjects, bool namespaced)
    {
        for (var i = 0; i < subjects.Count; i++)
        {
            var (subject, path) = (subjects[i], FieldPath.Root["subjects"][i]);
            if (subject.Name.Length == 0)
                errors.Required(path["name"]);
            switch (subject.Kind)
            {
                case "ServiceAccount":
                    if (subject.Name.Length > 0)
                        errors.Invalid(path["name"], subject.Name, NameSyntax.DnsSubdomain(subject.Name));
                    BasicRules.OneOf(errors, path["apiGroup"], subject.ApiGroup, "");
                    if (!namespaced && subject.Namespace.Length == 0)
                        errors.Required(path["namespace"]);
                    break;
                case "User" or "Group":
                    BasicRules.OneOf(errors, path["apiGroup"], subject.ApiGroup, RbacDefaults.Group);
                    break;
                default:
                    errors.NotSupported(path["kind"], subject.Kind, "ServiceAccount", "User", "Group");
                    break;
            }
        }
    }
}
