using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// Nobody gives away more than they have: who writes a role must hold every permission in it or the verb escalate; who
/// writes a binding, every permission of its role or the verb bind on it.
/// </summary>
public sealed class RbacEscalation(RbacAuthorizer roles, IAuthorizer authorizer, IObjectReader objects) : IAdmissionPlugin
{
    private const string Group = "rbac.authorization.k8s.io";

    private static readonly ApiList<PolicyRule> Everything =
    [
        new PolicyRule { Verbs = ["*"], ApiGroups = ["*"], Resources = ["*"] },
        new PolicyRule { Verbs = ["*"], NonResourceURLs = ["*"] },
    ];

    public string Name => "RBACEscalation";

    public ValueTask ValidateAsync(AdmissionAttributes a, IApiObject? value, IApiObject? old, CancellationToken cancellation) => value switch
    {
        Role role => RoleAsync(a, role.Rules, (old as Role)?.Rules, cancellation),
        ClusterRole role => RoleAsync(a, RulesOf(role), old is ClusterRole before ? RulesOf(before) : null, cancellation),
        RoleBinding binding => BindingAsync(
            a, binding.RoleRef, old is RoleBinding before && before.RoleRef == binding.RoleRef && before.Subjects.Equals(binding.Subjects), cancellation),
        ClusterRoleBinding binding => BindingAsync(
            a, binding.RoleRef, old is ClusterRoleBinding before && before.RoleRef == binding.RoleRef && before.Subjects.Equals(binding.Subjects), cancellation),
        _ => ValueTask.CompletedTask,
    };

    // What an aggregated role will hold one day is not known today, so its author must hold everything.
    private static ApiList<PolicyRule> RulesOf(ClusterRole role) => role.AggregationRule is null ? role.Rules : [.. role.Rules, .. Everything];

    private async ValueTask RoleAsync(AdmissionAttributes a, ApiList<PolicyRule> rules, ApiList<PolicyRule>? before, CancellationToken cancellation)
    {
        var user = UserOf(a);
        if (user.IsIn(UserInfo.MastersGroup) || (before is not null && before.Equals(rules))) return;
        if (await MayAsync(user, "escalate", a.Kind.Plural, a.Namespace, a.Name, cancellation)) return;
        Check(a, user, rules);
    }

    private async ValueTask BindingAsync(AdmissionAttributes a, RoleRef role, bool unchanged, CancellationToken cancellation)
    {
        var user = UserOf(a);
        if (user.IsIn(UserInfo.MastersGroup) || unchanged) return;
        var plural = role.Kind == "Role" ? "roles" : "clusterroles";
        if (await MayAsync(user, "bind", plural, a.Namespace, role.Name, cancellation)) return;
        if (await RbacIndex.RulesOfAsync(objects, role, a.Namespace, cancellation) is not { } rules)
            throw ApiStatusException.NotFound(Group, plural, role.Name);
        Check(a, user, rules);
    }

    private void Check(AdmissionAttributes a, UserInfo user, ApiList<PolicyRule> asked)
    {
        var missing = RuleCoverage.Uncovered([.. roles.RulesFor(user, a.Namespace)], asked);
        if (missing.Count == 0) return;
        var groups = string.Join(" ", user.Groups.Select(g => $"\"{g}\""));
        throw ApiStatusException.Forbidden(
            a.Kind,
            a.Name,
            $"user \"{user.Name}\" (groups=[{groups}]) is attempting to grant RBAC permissions not currently held:\n{string.Join("\n", RuleCoverage.Describe(missing))}");
    }

    private async ValueTask<bool> MayAsync(UserInfo user, string verb, string resource, string ns, string name, CancellationToken cancellation) =>
        (await authorizer.AuthorizeAsync(AuthorizationAttributes.ForResource(user, verb, Group, resource, ns, name), cancellation)).Allowed;

    private static UserInfo UserOf(AdmissionAttributes a) => UserInfo.Of(a.UserName, [.. a.UserGroups]);
}
