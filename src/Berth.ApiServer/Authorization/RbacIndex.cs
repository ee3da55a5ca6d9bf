using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Registry;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// All bindings by their subjects, made from one moment's roles and bindings. Immutable: a change makes a new one, on the
/// first question after it.
/// </summary>
internal sealed class RbacIndex
{
    private const string RoleGroup = "rbac.authorization.k8s.io";

    private readonly Dictionary<Subjects, Grants> _bySubject = [];
    private readonly Versions _versions;

    private RbacIndex(Versions versions) => _versions = versions;

    public static RbacIndex Build(IObjectReader objects)
    {
        // The versions come first: what changes while the lists are read makes the index stale, never wrongly fresh.
        var index = new RbacIndex(Versions.Of(objects));
        var clusterRoles = objects.List<ClusterRole>().ToDictionary(r => r.Metadata.Name, r => r.Rules, StringComparer.Ordinal);
        var roles = objects.List<Role>().ToDictionary(r => new ObjectKey(r.Metadata.Namespace, r.Metadata.Name), r => r.Rules);
        foreach (var binding in objects.List<ClusterRoleBinding>())
        {
            var (rules, missing) = Resolve(binding.RoleRef, "", clusterRoles, roles);
            foreach (var subject in binding.Subjects)
            {
                var description = $"ClusterRoleBinding \"{binding.Metadata.Name}\" of {binding.RoleRef.Kind} \"{binding.RoleRef.Name}\" to {Describe(subject, "")}";
                index.Add(subject, "", ns: null, new(rules, description, missing));
            }
        }

        foreach (var binding in objects.List<RoleBinding>())
        {
            var ns = binding.Metadata.Namespace;
            var (rules, missing) = Resolve(binding.RoleRef, ns, clusterRoles, roles);
            foreach (var subject in binding.Subjects)
            {
                var description = $"RoleBinding \"{binding.Metadata.Name}/{ns}\" of {binding.RoleRef.Kind} \"{binding.RoleRef.Name}\" to {Describe(subject, ns)}";
                index.Add(subject, ns, ns, new(rules, description, missing));
            }
        }

        return index;
    }

    public bool IsFresh(IObjectReader objects) => _versions == Versions.Of(objects);

    /// <summary>Grants that hold for a user in a namespace: cluster-wide ones, then the namespace's own.</summary>
    /// <param name="ns">Empty: cluster-wide ones alone.</param>
    public IEnumerable<RbacGrant> For(UserInfo user, string ns)
    {
        foreach (var grant in Of(new(IsGroup: false, user.Name), null)) yield return grant;
        foreach (var group in user.Groups)
        {
            foreach (var grant in Of(new(IsGroup: true, group), null)) yield return grant;
        }

        if (ns.Length == 0) yield break;
        foreach (var grant in Of(new(IsGroup: false, user.Name), ns)) yield return grant;
        foreach (var group in user.Groups)
        {
            foreach (var grant in Of(new(IsGroup: true, group), ns)) yield return grant;
        }
    }

    /// <summary>The rules of the role that a binding in a namespace refers to; null when it does not exist.</summary>
    public static async ValueTask<ApiList<PolicyRule>?> RulesOfAsync(IObjectReader objects, RoleRef role, string ns, CancellationToken cancellation) =>
        role.Kind == "Role"
            ? (await objects.GetAsync<Role>(ns, role.Name, cancellation))?.Rules
            : (await objects.GetAsync<ClusterRole>(null, role.Name, cancellation))?.Rules;

    private List<RbacGrant> Of(Subjects subject, string? ns) =>
        !_bySubject.TryGetValue(subject, out var grants) ? []
        : ns is null ? grants.ClusterWide
        : grants.ByNamespace.GetValueOrDefault(ns, []);

    private void Add(Subject subject, string bindingNamespace, string? ns, RbacGrant grant)
    {
        Subjects? key = subject.Kind switch
        {
            "User" => new(IsGroup: false, subject.Name),
            "Group" => new(IsGroup: true, subject.Name),
            "ServiceAccount" => new(IsGroup: false, UserInfo.ServiceAccountUserName(NamespaceOf(subject, bindingNamespace), subject.Name)),
            _ => null,
        };
        if (key is not { } known) return;
        if (!_bySubject.TryGetValue(known, out var grants)) _bySubject[known] = grants = new();
        if (ns is null)
        {
            grants.ClusterWide.Add(grant);
            return;
        }

        if (!grants.ByNamespace.TryGetValue(ns, out var inNamespace)) grants.ByNamespace[ns] = inNamespace = [];
        inNamespace.Add(grant);
    }

    private static (ApiList<PolicyRule> Rules, string Missing) Resolve(
        RoleRef role, string ns, Dictionary<string, ApiList<PolicyRule>> clusterRoles, Dictionary<ObjectKey, ApiList<PolicyRule>> roles)
    {
        ApiList<PolicyRule>? rules;
        if (role.Kind == "ClusterRole") clusterRoles.TryGetValue(role.Name, out rules);
        else roles.TryGetValue(new(ns, role.Name), out rules);
        return rules is not null ? (rules, "") : ([], $"{role.Kind.ToLowerInvariant()}.{RoleGroup} \"{role.Name}\" not found");
    }

    private static string NamespaceOf(Subject subject, string bindingNamespace) =>
        subject.Namespace.Length > 0 ? subject.Namespace : bindingNamespace;

    private static string Describe(Subject subject, string bindingNamespace) =>
        subject.Kind == "ServiceAccount"
            ? $"ServiceAccount \"{subject.Name}/{NamespaceOf(subject, bindingNamespace)}\""
            : $"{subject.Kind} \"{subject.Name}\"";

    private readonly record struct Subjects(bool IsGroup, string Name);

    private readonly record struct Versions(long ClusterRoles, long ClusterRoleBindings, long Roles, long RoleBindings)
    {
        public static Versions Of(IObjectReader objects) => new(
            objects.Version<ClusterRole>(), objects.Version<ClusterRoleBinding>(), objects.Version<Role>(), objects.Version<RoleBinding>());
    }

    private sealed class Grants
    {
        public List<RbacGrant> ClusterWide { get; } = [];

        public Dictionary<string, List<RbacGrant>> ByNamespace { get; } = new(StringComparer.Ordinal);
    }
}
