using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Ingress.Routing;
using Berth.Ingress.Sources;

namespace Berth.Ingress.GatewayApi;

/// <summary>From Gateways and their routes to routes, certificates and statuses. Pure, save that backends are asked for by key.</summary>
internal sealed class GatewayReader
{
    public const string Controller = "berth.dev/gateway";

    private readonly GatewayView _view;
    private readonly List<(GatewayObject<GatewayKind> Gateway, List<GatewayListener> Listeners)> _gateways;
    private readonly List<Route> _routes = [];
    private readonly Dictionary<(string Kind, ObjectKey Key), JsonArray> _parents = [];

    private GatewayReader(GatewayView view)
    {
        _view = view;
        _gateways = [.. view.Gateways.Select(g => (g, g.Spec.Objects("listeners").Select(l => new GatewayListener(g, l, view)).ToList()))];
    }

    public static GatewayState Read(GatewayView view)
    {
        var reader = new GatewayReader(view);
        foreach (var route in view.HttpRoutes)
            reader.Add("HTTPRoute", route.Metadata, route.Spec, HttpMatches);
        foreach (var route in view.GrpcRoutes)
            reader.Add("GRPCRoute", route.Metadata, route.Spec, GrpcMatches);
        return new GatewayState(
            reader._routes,
            [.. reader._gateways.SelectMany(g => g.Listeners).Where(l => l.Problem.Length == 0).SelectMany(l => l.Certificates.Select(c => (l.Hostname, c)))],
            reader._gateways.ToDictionary(g => ObjectKey.Of(g.Gateway), g => GatewayStatus.Of(g.Gateway, g.Listeners, view)),
            reader._parents);
    }

    private void Add(string kind, Berth.Api.Meta.V1.ObjectMeta metadata, JsonObject spec, Func<JsonObject, IEnumerable<(PathMatch Path, RequestMatch Match)>> matches)
    {
        var key = new ObjectKey(metadata.Namespace, metadata.Name);
        var parents = new JsonArray();
        var rules = spec.Objects("rules").ToList();
        var referenceProblem = "";
        var filterProblem = "";
        List<Route> templates = [];
        foreach (var rule in rules)
        {
            var backends = rule.Objects("backendRefs").Select(b => BackendOf(kind, metadata.Namespace, b, ref referenceProblem, ref filterProblem)).ToImmutableArray();
            foreach (var match in rule["matches"] is JsonArray { Count: > 0 } ? rule.Objects("matches") : [[]])
            {
                try
                {
                    foreach (var (path, request) in matches(match))
                    {
                        templates.Add(new Route
                        {
                            Path = path,
                            Match = request,
                            Actions = RouteFilters.Read(rule.Objects("filters"), path.IsExact ? null : path.Path, ref filterProblem),
                            Backends = backends,
                            Source = $"{kind} {key}",
                            CreatedAt = metadata.CreationTimestamp?.Value ?? default,
                        });
                    }
                }
                catch (ArgumentException e)
                {
                    filterProblem = e.Message;
                }
            }
        }

        foreach (var parent in spec.Objects("parentRefs"))
        {
            if (parent.Text("kind") is not (null or "Gateway") || parent.Text("group") is not (null or GatewayObject<GatewayKind>.Group))
                continue;
            var gatewayKey = new ObjectKey(parent.Text("namespace") ?? metadata.Namespace, parent.Text("name") ?? "");
            var (gateway, listeners) = _gateways.FirstOrDefault(g => ObjectKey.Of(g.Gateway) == gatewayKey);
            if (gateway is null)
                continue;
            var reason = filterProblem.Length > 0 ? "UnsupportedValue" : Attach(kind, metadata.Namespace, [.. spec.Texts("hostnames")], parent, listeners, templates);
            parents.Add((JsonNode)GatewayStatus.Parent(parent, reason, filterProblem, referenceProblem, metadata.Generation, _view.Now));
        }
        if (parents.Count > 0)
            _parents[(kind, key)] = parents;
    }

    /// <returns>"Accepted", or why no listener takes the route.</returns>
    private string Attach(string kind, string ns, IReadOnlyList<string> hostnames, JsonObject parent, List<GatewayListener> listeners, List<Route> templates)
    {
        var reason = "NoMatchingParent";
        var accepted = false;
        foreach (var listener in listeners)
        {
            if (listener.Problem.Length > 0
                || (parent.Text("sectionName") is { } section && section != listener.Name)
                || (parent.Number("port") is { } port && port != listener.Port))
                continue;
            if (!listener.Allows(kind, ns, _view))
            {
                reason = accepted ? reason : "NotAllowedByListeners";
                continue;
            }
            var hosts = listener.Hosts(hostnames);
            if (hosts.Count == 0)
            {
                reason = accepted ? reason : "NoMatchingListenerHostname";
                continue;
            }
            accepted = true;
            listener.AttachedRoutes++;
            foreach (var host in hosts)
            {
                foreach (var template in templates)
                    _routes.Add(template with { Host = host, IsDeepWildcard = true, Match = template.Match with { Scheme = listener.Scheme } });
            }
        }
        return accepted ? "Accepted" : reason;
    }

    private WeightedBackend BackendOf(string kind, string ns, JsonObject reference, ref string referenceProblem, ref string filterProblem)
    {
        var weight = Math.Max(0, reference.Number("weight") ?? 1);
        var service = new ObjectKey(reference.Text("namespace") ?? ns, reference.Text("name") ?? "");
        var actions = RouteFilters.Read(reference.Objects("filters"), null, ref filterProblem);
        if (reference.Text("kind") is not (null or "Service") || !string.IsNullOrEmpty(reference.Text("group")))
            referenceProblem = "InvalidKind";
        else if (service.Namespace != ns && !ReferenceGrants.Allow(_view.Grants, GatewayObject<GatewayKind>.Group, kind, ns, "", "Service", service))
            referenceProblem = "RefNotPermitted";
        else if (_view.Services(service) is not { } found || reference.Number("port") is not { } port || ServicePorts.Find(found, port.ToString(CultureInfo.InvariantCulture)) is null)
            referenceProblem = "BackendNotFound";
        else
            return new WeightedBackend(_view.Backends(new BackendKey(service, port.ToString(CultureInfo.InvariantCulture), kind == "GRPCRoute")), weight, actions);
        return new WeightedBackend(null, weight, actions);
    }

    private static IEnumerable<(PathMatch Path, RequestMatch Match)> HttpMatches(JsonObject match)
    {
        var path = match.Object("path");
        var value = path.Text("value") ?? "/";
        var type = path.Text("type") ?? "PathPrefix";
        if (type is not ("Exact" or "PathPrefix"))
            throw new ArgumentException($"the path type {type} is not supported");
        yield return (type == "Exact" ? PathMatch.Exact(value) : PathMatch.Prefix(value), new RequestMatch
        {
            Method = match.Text("method"),
            Headers = Values(match, "headers"),
            Query = Values(match, "queryParams"),
        });
    }

    private static IEnumerable<(PathMatch Path, RequestMatch Match)> GrpcMatches(JsonObject match)
    {
        var method = match.Object("method");
        if (method.Text("type") is not (null or "Exact"))
            throw new ArgumentException($"the method type {method.Text("type")} is not supported");
        var (service, name) = (method.Text("service") ?? "", method.Text("method") ?? "");
        if (service.Length == 0 && name.Length > 0)
            throw new ArgumentException("a method without its service is not supported");
        var path = service.Length == 0 ? PathMatch.Everything : name.Length == 0 ? PathMatch.Prefix($"/{service}") : PathMatch.Exact($"/{service}/{name}");
        yield return (path, new RequestMatch { Headers = Values(match, "headers") });
    }

    private static ImmutableArray<ValueMatch> Values(JsonObject match, string name) =>
    [
        .. match.Objects(name).Select(v => ValueMatch.Of(v.Text("name") ?? "", v.Text("value") ?? "", v.Text("type") == "RegularExpression")),
    ];
}
