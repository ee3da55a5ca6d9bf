using Berth.Api;
using Berth.Api.Rbac.V1;
using Berth.Api.Selection;

namespace Berth.ApiServer.Authorization;

/// <summary>Decides what rules a cluster role with an aggregation rule has: those of all roles that its selectors match. Pure.</summary>
public static class ClusterRoleAggregation
{
    /// <summary>The aggregated roles whose rules are not what they should be, as they should be.</summary>
    public static IEnumerable<ClusterRole> Reconcile(IReadOnlyList<ClusterRole> all)
    {
        var rules = all.ToDictionary(r => r.Metadata.Name, r => r.Rules, StringComparer.Ordinal);
        var aggregated = all.Where(r => r.AggregationRule is not null).ToList();

        // Aggregated roles aggregate each other (edit goes into admin): repeat until nothing changes. Each round carries rules
        // at least one step along, so as many rounds as there are such roles are enough.
        for (var round = 0; round < aggregated.Count; round++)
        {
            var changed = false;
            foreach (var role in aggregated)
            {
                var wanted = RulesOf(role, all, rules);
                if (wanted.Equals(rules[role.Metadata.Name])) continue;
                rules[role.Metadata.Name] = wanted;
                changed = true;
            }

            if (!changed) break;
        }

        return aggregated.Where(r => !rules[r.Metadata.Name].Equals(r.Rules)).Select(r => r with { Rules = rules[r.Metadata.Name] });
    }

    private static ApiList<PolicyRule> RulesOf(ClusterRole role, IReadOnlyList<ClusterRole> all, Dictionary<string, ApiList<PolicyRule>> rules)
    {
        var result = new List<PolicyRule>();
        var seen = new HashSet<PolicyRule>();
        foreach (var labels in role.AggregationRule!.ClusterRoleSelectors)
        {
            var selector = LabelSelectors.Compile(labels);
            foreach (var other in all.Where(r => r.Metadata.Name != role.Metadata.Name && selector.Matches(r.Metadata.Labels)).OrderBy(r => r.Metadata.Name, StringComparer.Ordinal))
            {
                foreach (var rule in rules[other.Metadata.Name])
                {
                    if (seen.Add(rule)) result.Add(rule);
                }
            }
        }

        return [.. result];
    }
}
