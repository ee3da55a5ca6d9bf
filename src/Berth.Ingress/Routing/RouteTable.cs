using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Berth.Ingress.Routing;

/// <summary>
/// All routes of a moment. Immutable. The host decides first: its own routes, then those of the wildcard that covers it, then those of every
/// host; among them an exact path before a prefix, a longer prefix before a shorter one, an older route before a newer one. What nothing
/// fits goes to the default backend.
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
            g => g.OrderByDescending(r => r.Path.IsExact).ThenByDescending(r => r.Path.Path.Length).ToImmutableArray(),
            StringComparer.Ordinal);
    }

    public Route? Find(string host, string path)
    {
        if (Find(host, path, out var route))
            return route;
        var dot = host.IndexOf('.');
        if (dot > 0 && Find($"*{host[dot..]}", path, out route))
            return route;
        return Find("", path, out route) ? route : _default;
    }

    private bool Find(string host, string path, out Route? found)
    {
        found = null;
        if (!_byHost.TryGetValue(host, out var routes))
            return false;
        foreach (var route in routes)
        {
            if (route.Path.Matches(path))
            {
                found = route;
                return true;
            }
        }
        return false;
    }
}
