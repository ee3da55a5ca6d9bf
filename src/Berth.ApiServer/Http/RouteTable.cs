using Berth.Api.Schema;

namespace Berth.ApiServer.Http;

/// <summary>Every resource and subresource that is served, with who answers for it. Filled once, then only read.</summary>
public sealed class RouteTable
{
    private readonly Dictionary<(string Group, string Version, string Resource, string Subresource), Route> _routes = [];

    public IEnumerable<Route> All => _routes.Values;

    /// <param name="subresource">Null for the resource itself.</param>
    public void Add(KindInfo kind, SubresourceInfo? subresource, IReadOnlyList<string> verbs, IApiHandler handler) =>
        _routes.Add((kind.Group, kind.Version, kind.Plural, subresource?.Name ?? ""), new Route(kind, subresource, verbs, handler));

    public Route? Find(RequestInfo info) => _routes.GetValueOrDefault((info.Group, info.Version, info.Resource, info.Subresource));

    public bool Serves(string group, string version) => _routes.Keys.Any(k => k.Group == group && k.Version == version);
}

/// <param name="Kind">The resource in the path.</param>
/// <param name="Subresource">Null for the resource itself.</param>
/// <param name="Verbs">What discovery lists; any other is answered with 405.</param>
public sealed record Route(KindInfo Kind, SubresourceInfo? Subresource, IReadOnlyList<string> Verbs, IApiHandler Handler);
