using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Berth.Ingress.Routing;

namespace Berth.Ingress.GatewayApi;

/// <summary>From a route's filters to what happens on the way. Pure.</summary>
internal static class RouteFilters
{
    /// <param name="prefix">Of the path that the route was found by; null where it was no prefix.</param>
    /// <param name="problem">A filter that is not known here; empty when all are.</param>
    public static RouteActions Read(IEnumerable<JsonObject> filters, string? prefix, ref string problem)
    {
        var actions = RouteActions.None;
        foreach (var filter in filters)
        {
            switch (filter.Text("type"))
            {
                case "RequestHeaderModifier":
                    actions = actions with { RequestHeaders = actions.RequestHeaders.AddRange(Headers(filter.Object("requestHeaderModifier"))) };
                    break;
                case "ResponseHeaderModifier":
                    actions = actions with { ResponseHeaders = actions.ResponseHeaders.AddRange(Headers(filter.Object("responseHeaderModifier"))) };
                    break;
                case "RequestRedirect":
                    var redirect = filter.Object("requestRedirect");
                    actions = actions with
                    {
                        Redirect = new Redirect(redirect.Text("scheme"), redirect.Text("hostname"), redirect.Number("port"), Path(redirect.Object("path"), prefix), redirect.Number("statusCode") ?? 302),
                    };
                    break;
                case "URLRewrite":
                    var rewrite = filter.Object("urlRewrite");
                    actions = actions with { Hostname = rewrite.Text("hostname") ?? actions.Hostname, Path = Path(rewrite.Object("path"), prefix) ?? actions.Path };
                    break;
                default:
                    problem = $"the filter {filter.Text("type")} is not supported";
                    break;
            }
        }
        return actions;
    }

    private static PathChange? Path(JsonObject path, string? prefix) => path.Text("type") switch
    {
        "ReplaceFullPath" => new PathChange(null, path.Text("replaceFullPath") ?? "/"),
        "ReplacePrefixMatch" when prefix is not null => new PathChange(prefix, path.Text("replacePrefixMatch") ?? "/"),
        _ => null,
    };

    private static IEnumerable<HeaderChange> Headers(JsonObject change) =>
    [
        .. change.Objects("set").Select(h => new HeaderChange(HeaderOperation.Set, h.Text("name") ?? "", h.Text("value") ?? "")),
        .. change.Objects("add").Select(h => new HeaderChange(HeaderOperation.Add, h.Text("name") ?? "", h.Text("value") ?? "")),
        .. change.Texts("remove").Select(name => new HeaderChange(HeaderOperation.Remove, name, "")),
    ];
}
