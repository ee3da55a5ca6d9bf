using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Selection;

namespace Berth.Ingress.GatewayApi;

/// <summary>One listener of a Gateway. All Gateways share the addresses that the ingress controller listens on; the protocol says which.</summary>
internal sealed class GatewayListener
{
    private readonly JsonObject _spec;
    private readonly string _gatewayNamespace;

    public GatewayListener(GatewayObject<GatewayKind> gateway, JsonObject spec, GatewayView view)
    {
        _spec = spec;
        _gatewayNamespace = gateway.Metadata.Namespace;
        Name = spec.Text("name") ?? "";
        Protocol = spec.Text("protocol") ?? "";
        Port = spec.Number("port") ?? 0;
        Hostname = (spec.Text("hostname") ?? "").ToLowerInvariant();
        var isServed = Protocol == "HTTP" || (Protocol == "HTTPS" && view.HasHttps);
        Problem = isServed ? "" : "UnsupportedProtocol";
        Certificates = [];
        if (Protocol != "HTTPS")
            return;
        foreach (var reference in spec.Object("tls").Objects("certificateRefs"))
        {
            var secret = new ObjectKey(reference.Text("namespace") ?? _gatewayNamespace, reference.Text("name") ?? "");
            if (reference.Text("kind") is not (null or "Secret") || view.Secrets(secret) is null)
                ReferenceProblem = "InvalidCertificateRef";
            else if (secret.Namespace != _gatewayNamespace && !ReferenceGrants.Allow(view.Grants, GatewayObject<GatewayKind>.Group, "Gateway", _gatewayNamespace, "", "Secret", secret))
                ReferenceProblem = "RefNotPermitted";
            else
                Certificates = [.. Certificates, secret];
        }
        if (spec.Object("tls").Text("mode") == "Passthrough")
            Problem = "UnsupportedValue";
    }

    public string Name { get; }

    public string Protocol { get; }

    public int Port { get; }

    /// <summary>Empty: every host.</summary>
    public string Hostname { get; }

    /// <summary>Reason why it serves nothing; empty when it does.</summary>
    public string Problem { get; }

    /// <summary>Reason why a certificate cannot be used; empty when all can.</summary>
    public string ReferenceProblem { get; private set; } = "";

    public IReadOnlyList<ObjectKey> Certificates { get; private set; }

    public int AttachedRoutes { get; set; }

    public string Scheme => Protocol == "HTTPS" ? "https" : "http";

    /// <summary>Whether routes of a namespace may attach.</summary>
    public bool Allows(string kind, string ns, GatewayView view)
    {
        var allowed = _spec.Object("allowedRoutes");
        if (allowed["kinds"] is JsonArray { Count: > 0 } && !allowed.Objects("kinds").Any(k => k.Text("kind") == kind))
            return false;
        var namespaces = allowed.Object("namespaces");
        return (namespaces.Text("from") ?? "Same") switch
        {
            "All" => true,
            "Selector" => view.NamespaceLabels(ns) is { } labels
                && LabelSelectors.Compile(ApiJson.Deserialize<LabelSelector>(System.Text.Encoding.UTF8.GetBytes(namespaces.Object("selector").ToJsonString()))).Matches(labels),
            "None" => false,
            _ => ns == _gatewayNamespace,
        };
    }

    /// <summary>The hosts of a route that this listener takes; none: they have nothing in common.</summary>
    public IReadOnlyList<string> Hosts(IReadOnlyList<string> route)
    {
        if (route.Count == 0)
            return [Hostname];
        return [.. route.Select(r => Common(Hostname, r.ToLowerInvariant())).OfType<string>().Distinct()];
    }

    private static string? Common(string listener, string route)
    {
        if (listener.Length == 0 || listener == route)
            return route;
        var (wideListener, wideRoute) = (listener.StartsWith("*.", StringComparison.Ordinal), route.StartsWith("*.", StringComparison.Ordinal));
        // The narrower of two that cover each other.
        if (wideListener && route.EndsWith(listener[1..], StringComparison.Ordinal))
            return route;
        return wideRoute && listener.EndsWith(route[1..], StringComparison.Ordinal) ? listener : null;
    }
}
