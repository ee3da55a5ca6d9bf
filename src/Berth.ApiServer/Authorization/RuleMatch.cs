using Berth.Api;
using Berth.Api.Rbac.V1;

namespace Berth.ApiServer.Authorization;

/// <summary>Does one rule of a role allow one request? The rules of matching are those of Kubernetes' RBAC.</summary>
internal static class RuleMatch
{
    public static bool Allows(PolicyRule rule, AuthorizationAttributes attributes)
    {
        if (!HasOrAll(rule.Verbs, attributes.Verb)) return false;
        return attributes.IsResourceRequest
            ? HasOrAll(rule.ApiGroups, attributes.ApiGroup)
                && MatchesResource(rule.Resources, attributes.Resource, attributes.Subresource)
                && MatchesName(rule.ResourceNames, attributes.Name)
            : MatchesPath(rule.NonResourceURLs, attributes.Path);
    }

    private static bool HasOrAll(ApiList<string> items, string wanted)
    {
        foreach (var item in items.AsSpan())
        {
            if (item == "*" || item == wanted) return true;
        }

        return false;
    }

    private static bool MatchesResource(ApiList<string> rules, string resource, string subresource)
    {
        foreach (var rule in rules.AsSpan())
        {
            if (rule == "*") return true;
            if (subresource.Length == 0)
            {
                if (rule == resource) return true;
                continue;
            }

            var slash = rule.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || !rule.AsSpan(slash + 1).SequenceEqual(subresource)) continue;
            // "*/scale" is the subresource scale of every resource; there is no "pods/*".
            var owner = rule.AsSpan(0, slash);
            if (owner is "*" || owner.SequenceEqual(resource)) return true;
        }

        return false;
    }

    private static bool MatchesName(ApiList<string> names, string name)
    {
        if (names.IsEmpty) return true;
        foreach (var allowed in names.AsSpan())
        {
            if (allowed == name) return true;
        }

        return false;
    }

    private static bool MatchesPath(ApiList<string> rules, string path)
    {
        foreach (var rule in rules.AsSpan())
        {
            if (rule == "*" || rule == path) return true;
            if (rule.EndsWith('*') && path.AsSpan().StartsWith(rule.AsSpan().TrimEnd('*'), StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
