using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Rbac.V1;
using Berth.ApiServer.Authorization;

namespace Berth.ApiServer.Bootstrap;

/// <summary>
/// Decides what a default role or binding that exists already must become: what is missing is added, what an administrator
/// added stays, and what is annotated with autoupdate "false" is left alone. Pure. Null: nothing to do.
/// </summary>
internal static class RoleReconciliation
{
    public static ClusterRole? Reconcile(ClusterRole present, ClusterRole wanted)
    {
        if (IsProtected(present.Metadata)) return null;
        // The rules of an aggregated role come from its parts.
        var rules = wanted.AggregationRule is null ? Union(present.Rules, wanted.Rules) : present.Rules;
        var result = present with
        {
            Metadata = Union(present.Metadata, wanted.Metadata),
            Rules = rules,
            AggregationRule = Union(present.AggregationRule, wanted.AggregationRule),
        };
        return result.Equals(present) ? null : result;
    }

    public static Role? Reconcile(Role present, Role wanted)
    {
        if (IsProtected(present.Metadata)) return null;
        var result = present with { Metadata = Union(present.Metadata, wanted.Metadata), Rules = Union(present.Rules, wanted.Rules) };
        return result.Equals(present) ? null : result;
    }

    public static ClusterRoleBinding? Reconcile(ClusterRoleBinding present, ClusterRoleBinding wanted)
    {
        if (IsProtected(present.Metadata)) return null;
        var result = present with { Metadata = Union(present.Metadata, wanted.Metadata), Subjects = Union(present.Subjects, wanted.Subjects) };
        return result.Equals(present) ? null : result;
    }

    public static RoleBinding? Reconcile(RoleBinding present, RoleBinding wanted)
    {
        if (IsProtected(present.Metadata)) return null;
        var result = present with { Metadata = Union(present.Metadata, wanted.Metadata), Subjects = Union(present.Subjects, wanted.Subjects) };
        return result.Equals(present) ? null : result;
    }

    private static bool IsProtected(ObjectMeta metadata) => metadata.Annotations.GetOr(RoleTable.AutoUpdateAnnotation) == "false";

    private static ObjectMeta Union(ObjectMeta present, ObjectMeta wanted) => present with
    {
        // What is there wins: labels and annotations may have been changed on purpose.
        Labels = wanted.Labels.With(present.Labels),
        Annotations = wanted.Annotations.With(present.Annotations),
    };

    private static ApiList<PolicyRule> Union(ApiList<PolicyRule> present, ApiList<PolicyRule> wanted) =>
        [.. present, .. wanted.Where(rule => RuleCoverage.Uncovered(present, [rule]).Count > 0)];

    private static ApiList<Subject> Union(ApiList<Subject> present, ApiList<Subject> wanted) =>
        [.. present, .. wanted.Where(s => !present.Contains(s))];

    private static AggregationRule? Union(AggregationRule? present, AggregationRule? wanted)
    {
        if (present is null || wanted is null) return present ?? wanted;
        return present with
        {
            ClusterRoleSelectors = [.. present.ClusterRoleSelectors, .. wanted.ClusterRoleSelectors.Where(s => !present.ClusterRoleSelectors.Contains(s))],
        };
    }
}
