using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;

namespace Berth.ApiServer.Tests.Authorization;

/// <summary>Small random policies over few words, so that questions hit them often, with the plainest evaluator there can be.</summary>
internal sealed record RandomPolicy(Role[] Roles, ClusterRole[] ClusterRoles, RoleBinding[] RoleBindings, ClusterRoleBinding[] ClusterRoleBindings)
{
    private static readonly string[] Verbs = ["get", "list", "create", "*"];
    private static readonly string[] Groups = ["", "apps", "*"];
    private static readonly string[] Resources = ["pods", "pods/log", "deployments", "deployments/scale", "*/scale", "*"];
    private static readonly string[] Names = ["a", "b"];
    private static readonly string[] Namespaces = ["n1", "n2"];
    private static readonly string[] Users = ["ann", "bob", "system:serviceaccount:n1:web"];
    private static readonly string[] UserGroups = ["devs", "ops"];
    private static readonly string[] Paths = ["/healthz", "/healthz/*", "/metrics", "*"];

    public static RandomPolicy Make(Random random) => new(
        [.. Namespaces.SelectMany(ns => Names.Select(n => new Role { Metadata = new() { Namespace = ns, Name = n }, Rules = Rules(random) }))],
        [.. Names.Select(n => new ClusterRole { Metadata = new() { Name = n }, Rules = Rules(random) })],
        [
            .. Namespaces.SelectMany(ns => Enumerable.Range(0, 2).Select(i => new RoleBinding
            {
                Metadata = new() { Namespace = ns, Name = $"b{i}" }, RoleRef = Ref(random, random.Next(2) == 0 ? "Role" : "ClusterRole"), Subjects = Subjects(random),
            })),
        ],
        [new ClusterRoleBinding { Metadata = new() { Name = "c" }, RoleRef = Ref(random, "ClusterRole"), Subjects = Subjects(random) }]);

    public static PolicyRule Rule(Random random) => random.Next(6) == 0
        ? new() { Verbs = Some(random, Verbs), NonResourceURLs = Some(random, Paths) }
        : new()
        {
            Verbs = Some(random, Verbs),
            ApiGroups = Some(random, Groups),
            Resources = Some(random, Resources),
            ResourceNames = random.Next(3) == 0 ? Some(random, Names) : [],
        };

    public static AuthorizationAttributes Question(Random random)
    {
        var user = UserInfo.Of(Pick(random, Users), random.Next(2) == 0 ? [Pick(random, UserGroups)] : []);
        if (random.Next(6) == 0) return AuthorizationAttributes.ForPath(user, "get", Pick(random, ["/healthz", "/healthz/etcd", "/metrics", "/x"]));
        var (resource, subresource) = Pick(random, [("pods", ""), ("pods", "log"), ("deployments", ""), ("deployments", "scale"), ("nodes", "")]);
        return AuthorizationAttributes.ForResource(
            user, Pick(random, ["get", "list", "create", "delete"]), Pick(random, ["", "apps", "batch"]), resource, Pick(random, ["n1", "n2", ""]), Pick(random, ["a", "c", ""]), subresource);
    }

    public void PutInto(StoredObjects objects)
    {
        objects.Put(Roles);
        objects.Put(ClusterRoles);
        objects.Put(RoleBindings);
        objects.Put(ClusterRoleBindings);
    }

    public bool Allows(AuthorizationAttributes a) =>
        ClusterRoleBindings.Any(b => b.Subjects.Any(s => Is(s, a.User, "")) && RulesOf(b.RoleRef, "").Any(r => Allows(r, a)))
        || (a.Namespace.Length > 0 && RoleBindings.Any(b =>
            b.Metadata.Namespace == a.Namespace && b.Subjects.Any(s => Is(s, a.User, b.Metadata.Namespace)) && RulesOf(b.RoleRef, b.Metadata.Namespace).Any(r => Allows(r, a))));

    public override string ToString() => string.Join("\n", new IApiObject[][] { Roles, ClusterRoles, RoleBindings, ClusterRoleBindings }
        .SelectMany(o => o).Select(o => System.Text.Encoding.UTF8.GetString(ApiJson.Serialize(o))));

    private static bool Allows(PolicyRule rule, AuthorizationAttributes a)
    {
        if (!rule.Verbs.Contains("*") && !rule.Verbs.Contains(a.Verb)) return false;
        if (!a.IsResourceRequest)
            return rule.NonResourceURLs.Any(u => u == "*" || u == a.Path || (u.EndsWith('*') && a.Path.StartsWith(u[..^1], StringComparison.Ordinal)));
        var full = a.Subresource.Length > 0 ? $"{a.Resource}/{a.Subresource}" : a.Resource;
        return (rule.ApiGroups.Contains("*") || rule.ApiGroups.Contains(a.ApiGroup))
            && (rule.Resources.Contains("*") || rule.Resources.Contains(full) || (a.Subresource.Length > 0 && rule.Resources.Contains("*/" + a.Subresource)))
            && (rule.ResourceNames.IsEmpty || rule.ResourceNames.Contains(a.Name));
    }

    private static bool Is(Subject subject, UserInfo user, string ns) => subject.Kind switch
    {
        "User" => subject.Name == user.Name,
        "Group" => user.Groups.Contains(subject.Name),
        _ => user.Name == $"system:serviceaccount:{(subject.Namespace.Length > 0 ? subject.Namespace : ns)}:{subject.Name}",
    };

    private static RoleRef Ref(Random random, string kind) => new() { Kind = kind, Name = Pick(random, Names) };

    private static ApiList<PolicyRule> Rules(Random random) => [.. Enumerable.Range(0, random.Next(3)).Select(_ => Rule(random))];

    private static ApiList<Subject> Subjects(Random random) =>
    [
        .. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => random.Next(3) switch
        {
            0 => new Subject { Kind = "User", Name = Pick(random, Users) },
            1 => new Subject { Kind = "Group", Name = Pick(random, UserGroups) },
            _ => new Subject { Kind = "ServiceAccount", Name = "web", Namespace = "n1" },
        }),
    ];

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];

    private static ApiList<string> Some(Random random, string[] from) => [.. Enumerable.Range(0, 1 + random.Next(2)).Select(_ => Pick(random, from)).Distinct()];

    private ApiList<PolicyRule> RulesOf(RoleRef role, string ns) => role.Kind == "Role"
        ? Roles.Single(r => r.Metadata.Namespace == ns && r.Metadata.Name == role.Name).Rules
        : ClusterRoles.Single(r => r.Metadata.Name == role.Name).Rules;
}
