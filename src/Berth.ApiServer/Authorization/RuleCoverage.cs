using Berth.Api;
using Berth.Api.Rbac.V1;

namespace Berth.ApiServer.Authorization;

/// <summary>
/// Are the permissions of some rules contained in those of others? Each rule is taken apart into single permissions (one verb
/// on one resource), and each of these must be contained in one rule of the owner.
/// </summary>
internal static class RuleCoverage
{
    /// <summary>The single permissions in <paramref name="asked"/> that no rule of <paramref name="held"/> contains.</summary>
    public static List<PolicyRule> Uncovered(IReadOnlyCollection<PolicyRule> held, IEnumerable<PolicyRule> asked) =>
        [.. asked.SelectMany(TakeApart).Where(single => !held.Any(rule => Contains(rule, single)))];

    /// <summary>The rules in one order and without repeats, for messages.</summary>
    public static IEnumerable<string> Describe(IEnumerable<PolicyRule> singles) =>
        Compact(singles).Select(Describe).Order(StringComparer.Ordinal);

    private static IEnumerable<PolicyRule> TakeApart(PolicyRule rule)
    {
        foreach (var verb in rule.Verbs)
        {
            foreach (var group in rule.ApiGroups)
            {
                foreach (var resource in rule.Resources)
                {
                    if (rule.ResourceNames.IsEmpty)
                        yield return new PolicyRule { Verbs = [verb], ApiGroups = [group], Resources = [resource] };
                    foreach (var name in rule.ResourceNames)
                        yield return new PolicyRule { Verbs = [verb], ApiGroups = [group], Resources = [resource], ResourceNames = [name] };
                }
            }

            foreach (var path in rule.NonResourceURLs)
                yield return new PolicyRule { Verbs = [verb], NonResourceURLs = [path] };
        }
    }

    private static bool Contains(PolicyRule rule, PolicyRule single)
    {
        if (!Has(rule.Verbs, single.Verbs[0])) return false;
        if (single.NonResourceURLs is [var path])
        {
            return rule.NonResourceURLs.Any(held => held == "*" || held == path
                || (held.EndsWith('*') && path.StartsWith(held.TrimEnd('*'), StringComparison.Ordinal)));
        }

        return Has(rule.ApiGroups, single.ApiGroups[0])
            && HasResource(rule.Resources, single.Resources[0])
            && (rule.ResourceNames.IsEmpty || (single.ResourceNames is [var name] && rule.ResourceNames.Contains(name)));
    }

    private static bool Has(ApiList<string> items, string wanted) => items.Any(item => item == "*" || item == wanted);

    private static bool HasResource(ApiList<string> held, string wanted)
    {
        if (Has(held, wanted)) return true;
        var slash = wanted.IndexOf('/', StringComparison.Ordinal);
        return slash >= 0 && held.Contains("*" + wanted[slash..]);
    }

    /// <summary>Puts the verbs of permissions on one thing together again.</summary>
    private static IEnumerable<PolicyRule> Compact(IEnumerable<PolicyRule> singles) =>
        singles.GroupBy(s => s with { Verbs = [] }).Select(g => g.Key with { Verbs = [.. g.SelectMany(s => s.Verbs).Distinct()] });

    private static string Describe(PolicyRule rule)
    {
        var parts = new List<string>();
        Add("APIGroups", rule.ApiGroups);
        Add("Resources", rule.Resources);
        Add("ResourceNames", rule.ResourceNames);
        Add("NonResourceURLs", rule.NonResourceURLs);
        Add("Verbs", rule.Verbs);
        return $"{{{string.Join(", ", parts)}}}";

        void Add(string name, ApiList<string> values)
        {
            if (!values.IsEmpty) parts.Add($"{name}:[{string.Join(" ", values.Select(v => $"\"{v}\""))}]");
        }
    }
}
