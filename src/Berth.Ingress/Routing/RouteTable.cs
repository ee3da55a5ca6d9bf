using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace Berth.Ingress.Routing;

/// <summary>
/// All routes of a moment. Immutable. The host decides first: its own routes, then those of the wildcard that covers it most closely, then
/// those of every host; among them an exact path before a prefix, a longer prefix before a shorter one, then the one that asks for more, then
/// the older one. What nothing fits goes to the default backend.
/// </summary>
internal sealed class RouteTable
{
    public static readonly RouteTable Empty = new([]);

    private readonly FrozenDictionary<string, ImmutableArray<Route>> _byHost;
    private readonly Route? _default;

    public RouteTable(IEnumerable<Route> routes)
    {
        var all = routes.OrderBy(r => r.CreatedAt).ThenBy(r => r.Source, StringComparer.Ordinal).ToList();
        _default = all.FirstOrDefault(r => r.IsDefault);
        _byHost = all.Where(r => !r.IsDefault).GroupBy(r => r.Host, StringComparer.Ordinal).ToFrozenDictionary(
            g => g.Key,
            // Stable: equals stay in order of age.
            g => g.OrderByDescending(r => r.Path.IsExact).ThenByDescending(r => r.Path.Path.Length)
                .ThenByDescending(r => r.Match.Method is not null).ThenByDescending(r => r.Match.Headers.Length).ThenByDescending(r => r.Match.Query.Length)
                .ToImmutableArray(),
            StringComparer.Ordinal);
    }

    /// <param name="request">What routes with further conditions look at; null: those do not fit.</param>
    public Route? Find(string host, string path, HttpRequest? request = null)
    {
        if (Find(host, path, request, deepOnly: false) is { } own)
            return own;
        var isFirst = true;
        for (var dot = host.IndexOf('.', StringComparison.Ordinal); dot > 0; dot = host.IndexOf('.', dot + 1))
        {
            if (Find($"*{host[dot..]}", path, request, deepOnly: !isFirst) is { } covered)
                return covered;
            isFirst = false;
        }
        return Find("", path, request, deepOnly: false) ?? _default;
    }

    private Route? Find(string host, string path, HttpRequest? request, bool deepOnly)
    {
        if (!_byHost.TryGetValue(host, out var routes))
            return null;
        foreach (var route in routes)
        {
            if (route.Path.Matches(path) && (!deepOnly || route.IsDeepWildcard)
                && (ReferenceEquals(route.Match, RequestMatch.Any) || (request is not null && route.Match.Matches(request))))
                return route;
        }
        return null;
    }
}
