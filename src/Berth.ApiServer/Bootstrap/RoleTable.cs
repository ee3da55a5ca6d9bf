using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Rbac.V1;

namespace Berth.ApiServer.Bootstrap;

/// <summary>Words for writing roles as a table. Lists are words with spaces between; the core group is called core.</summary>
internal static class RoleTable
{
    public const string AutoUpdateAnnotation = "rbac.authorization.kubernetes.io/autoupdate";

    private const string AggregationLabel = "rbac.authorization.k8s.io/aggregate-to-";

    public static ClusterRole Role(string name, params ReadOnlySpan<PolicyRule> rules) =>
        new() { Metadata = Metadata(name), Rules = ApiList.Create(rules) };

    /// <summary>A role whose rules become part of another's.</summary>
    public static ClusterRole Part(string name, string into, params ReadOnlySpan<PolicyRule> rules) =>
        new() { Metadata = Label(Metadata(name), into), Rules = ApiList.Create(rules) };

    /// <summary>A role made of those that are labelled for <paramref name="from"/>.</summary>
    public static ClusterRole Aggregate(string name, string from, string? into = null) => new()
    {
        Metadata = into is null ? Metadata(name) : Label(Metadata(name), into),
        AggregationRule = new()
        {
            ClusterRoleSelectors = [new LabelSelector { MatchLabels = ApiMap.Of((AggregationLabel + from, "true")) }],
        },
    };

    public static PolicyRule Allow(string verbs, string groups, string resources, string names = "") => new()
    {
        Verbs = Words(verbs),
        ApiGroups = [.. Words(groups).Select(g => g == "core" ? "" : g)],
        Resources = Words(resources),
        ResourceNames = Words(names),
    };

    public static PolicyRule Paths(string verbs, string paths) => new() { Verbs = Words(verbs), NonResourceURLs = Words(paths) };

    public static Subject User(string name) => new() { Kind = "User", ApiGroup = "rbac.authorization.k8s.io", Name = name };

    public static Subject Group(string name) => new() { Kind = "Group", ApiGroup = "rbac.authorization.k8s.io", Name = name };

    public static Subject Account(string name) => new() { Kind = "ServiceAccount", Name = name, Namespace = "kube-system" };

    /// <summary>A binding named as its role.</summary>
    public static ClusterRoleBinding Bind(string role, params ReadOnlySpan<Subject> subjects) => new()
    {
        Metadata = Metadata(role),
        RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = role },
        Subjects = ApiList.Create(subjects),
    };

    public static Role In(string ns, ClusterRole role) =>
        new() { Metadata = role.Metadata with { Namespace = ns }, Rules = role.Rules };

    public static RoleBinding BindIn(string ns, string name, string role, params ReadOnlySpan<Subject> subjects) => new()
    {
        Metadata = Metadata(name) with { Namespace = ns },
        RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = role },
        Subjects = ApiList.Create(subjects),
    };

    private static ObjectMeta Metadata(string name) => new()
    {
        Name = name,
        Labels = ApiMap.Of(("kubernetes.io/bootstrapping", "rbac-defaults")),
        Annotations = ApiMap.Of((AutoUpdateAnnotation, "true")),
    };

    private static ObjectMeta Label(ObjectMeta metadata, string into) =>
        metadata with { Labels = metadata.Labels.With(AggregationLabel + into, "true") };

    private static ApiList<string> Words(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
