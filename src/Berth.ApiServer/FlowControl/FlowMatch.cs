using Berth.Api;
using Berth.Api.FlowControl.V1;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Http;

namespace Berth.ApiServer.FlowControl;

/// <summary>Whether a rule of a flow schema is for a request: one of its subjects asks, for one of its resources or paths.</summary>
internal static class FlowMatch
{
    private const string All = "*";

    public static bool Matches(PolicyRulesWithSubjects rule, RequestInfo request, UserInfo user) =>
        Any(rule.Subjects, (request, user), static (s, r) => IsSubject(s, r.user))
        && (request.IsResource
            ? Any(rule.ResourceRules, request, static (r, q) => IsResource(r, q))
            : Any(rule.NonResourceRules, request, static (r, q) => IsPath(r, q)));

    private static bool IsSubject(Subject subject, UserInfo user) => subject.Kind switch
    {
        "User" => subject.User is { } named && (named.Name == All || named.Name == user.Name),
        "Group" => subject.Group is { } group && (group.Name == All || user.IsIn(group.Name)),
        "ServiceAccount" => subject.ServiceAccount is { } account && (account.Name == All
            ? user.Name.StartsWith(UserInfo.ServiceAccountUserName(account.Namespace, ""), StringComparison.Ordinal)
            : user.Name == UserInfo.ServiceAccountUserName(account.Namespace, account.Name)),
        _ => false,
    };

    private static bool IsResource(ResourcePolicyRule rule, RequestInfo request) =>
        Has(rule.Verbs, request.Verb)
        && Has(rule.ApiGroups, request.Group)
        && HasResource(rule.Resources, request)
        && (request.Namespace.Length == 0 ? rule.ClusterScope : Has(rule.Namespaces, request.Namespace));

    private static bool HasResource(ApiList<string> resources, RequestInfo request)
    {
        foreach (var resource in resources.AsSpan())
        {
            if (resource == All)
                return true;
            var isOne = request.Subresource.Length == 0
                ? resource == request.Resource
                : resource.Length == request.Resource.Length + 1 + request.Subresource.Length
                    && resource.StartsWith(request.Resource, StringComparison.Ordinal)
                    && resource[request.Resource.Length] == '/'
                    && resource.EndsWith(request.Subresource, StringComparison.Ordinal);
            if (isOne)
                return true;
        }

        return false;
    }

    private static bool IsPath(NonResourcePolicyRule rule, RequestInfo request)
    {
        if (!Has(rule.Verbs, request.Verb))
            return false;
        foreach (var path in rule.NonResourceURLs.AsSpan())
        {
            if (path == All || path == request.Path || (path.EndsWith("/*", StringComparison.Ordinal) && request.Path.AsSpan().StartsWith(path.AsSpan(0, path.Length - 1))))
                return true;
        }

        return false;
    }

    private static bool Has(ApiList<string> values, string value)
    {
        foreach (var known in values.AsSpan())
        {
            if (known == All || known == value)
                return true;
        }

        return false;
    }

    private static bool Any<T, TState>(ApiList<T> items, TState state, Func<T, TState, bool> holds)
    {
        foreach (var item in items.AsSpan())
        {
            if (holds(item, state))
                return true;
        }

        return false;
    }
}
