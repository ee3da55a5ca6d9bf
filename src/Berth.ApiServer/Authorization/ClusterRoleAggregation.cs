using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.Api.Selection;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// Decides what rules a cluster role with an aggregation rule has: those of all roles that its selectors match. Aggregated
/// roles may aggregate each other (edit goes into admin), in circles too. Pure.
/// </summary>
public static class ClusterRoleAggregation
{
    /// <summary>The aggregated roles whose rules are not what they should be, as they should be.</summary>
    public static IEnumerable<ClusterRole> Reconcile(IReadOnlyList<ClusterRole> all)
    {
        // One order for all, so that the result depends on nothing but the set of roles.
        var ordered = all.OrderBy(r => r.Metadata.Name, StringComparer.Ordinal).ToList();
        foreach (var role in ordered.Where(r => r.AggregationRule is not null))
        {
            ApiList<PolicyRule> rules = [.. PartsOf(role, ordered).SelectMany(part => part.Rules).Distinct()];
            if (!rules.Equals(role.Rules)) yield return role with { Rules = rules };
        }
    }

    /// <summary>The roles with rules of their own that a role is made of in the end, by name.</summary>
    private static IEnumerable<ClusterRole> PartsOf(ClusterRole role, List<ClusterRole> ordered)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { role.Metadata.Name };
        var open = new Queue<ClusterRole>([role]);
        while (open.TryDequeue(out var next))
        {
            var selectors = next.AggregationRule!.ClusterRoleSelectors.Select(LabelSelectors.Compile).ToList();
            foreach (var other in ordered.Where(r => selectors.Any(s => s.Matches(r.Metadata.Labels))))
            {
                if (reached.Add(other.Metadata.Name) && other.AggregationRule is not null) open.Enqueue(other);
            }
        }

        return ordered.Where(r => r.AggregationRule is null && reached.Contains(r.Metadata.Name));
    }
}
