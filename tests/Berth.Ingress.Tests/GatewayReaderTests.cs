using System.Text;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Ingress.GatewayApi;
using Berth.Ingress.Routing;
using Microsoft.AspNetCore.Http;

namespace Berth.Ingress.Tests;

/// <summary>From Gateways and routes as users write them to what is served and what they are told.</summary>
public sealed class GatewayReaderTests
{
    private const string Shop = """
        {"metadata":{"name":"shop","namespace":"default"},"spec":{"gatewayClassName":"berth","listeners":[
          {"name":"http","protocol":"HTTP","port":80,"hostname":"*.example.com","allowedRoutes":{"namespaces":{"from":"All"}}},
          {"name":"https","protocol":"HTTPS","port":443,"hostname":"shop.example.com","tls":{"certificateRefs":[{"name":"cert"}]}},
          {"name":"tcp","protocol":"TCP","port":5432}]}}
        """;

    [Fact]
    public void HttpRoute_HostsPathsHeadersAndMethods_ChooseAsTheGatewayApiSays()
    {
        var state = Read([Shop], ["""
            {"metadata":{"name":"r","namespace":"default"},"spec":{"parentRefs":[{"name":"shop","sectionName":"http"}],"hostnames":["shop.example.com"],"rules":[
              {"backendRefs":[{"name":"web","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/api"}}],"backendRefs":[{"name":"api","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/api"},"method":"POST"}],"backendRefs":[{"name":"write","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/api"},"headers":[{"name":"X-Env","value":"test"}]}],"backendRefs":[{"name":"test","port":80}]},
              {"matches":[{"queryParams":[{"name":"v","type":"RegularExpression","value":"[0-9]+"}]}],"backendRefs":[{"name":"versioned","port":80}]}]}}
            """]);
        var table = new RouteTable(state.Routes);
        Assert.Equal("web", Find(table, "GET", "/"));
        Assert.Equal("api", Find(table, "GET", "/api/x"));
        Assert.Equal("write", Find(table, "POST", "/api/x"));
        Assert.Equal("test", Find(table, "GET", "/api", header: ("X-Env", "test")));
        Assert.Equal("versioned", Find(table, "GET", "/", query: "?v=12"));
        Assert.Equal("web", Find(table, "GET", "/", query: "?v=a"));
        // The listener named takes it, the other does not.
        Assert.Null(Find(table, "GET", "/", scheme: "https"));
        var conditions = Conditions(state, "r");
        Assert.Equal("True/Accepted", conditions["Accepted"]);
        Assert.Equal("True/ResolvedRefs", conditions["ResolvedRefs"]);
        var listeners = state.GatewayStatuses[new ObjectKey("default", "shop")].Objects("listeners").ToList();
        Assert.Equal([1, 0, 0], listeners.Select(l => l.Number("attachedRoutes") ?? -1));
        Assert.Equal("UnsupportedProtocol", listeners[2].Objects("conditions").First().Text("reason"));
    }

    [Fact]
    public void HttpRoute_HostsAndListenersHosts_MeetOrAreRefused()
    {
        var state = Read([Shop], [Route("wide", "default", "[\"*.example.com\"]"), Route("other", "default", "[\"www.example.org\"]"), Route("none", "default", "[]")]);
        Assert.Equal(
            ["*.example.com http", "shop.example.com https"],
            state.Routes.Where(r => r.Source.EndsWith("/wide", StringComparison.Ordinal)).Select(r => $"{r.Host} {r.Match.Scheme}"));
        Assert.Equal("False/NoMatchingListenerHostname", Conditions(state, "other")["Accepted"]);
        Assert.Equal(2, state.Routes.Count(r => r.Source.EndsWith("/none", StringComparison.Ordinal)));
        // A wildcard of the Gateway API covers any number of labels.
        Assert.NotNull(new RouteTable(state.Routes).Find("a.b.example.com", "/", Request("GET", "/", "http")));
    }

    [Fact]
    public void HttpRoute_OfAnotherNamespace_NeedsTheListenersLeave()
    {
        var state = Read([Shop], [Route("far", "other", "[\"shop.example.com\"]")]);
        // The listener for HTTP takes all namespaces, the one for HTTPS only its own.
        Assert.Equal(["http"], state.Routes.Select(r => r.Match.Scheme));
        Assert.Equal("True/Accepted", Conditions(state, "far", "other")["Accepted"]);
    }

    [Fact]
    public void BackendOfAnotherNamespace_NeedsAReferenceGrant()
    {
        const string Crossing = """
            {"metadata":{"name":"r","namespace":"default"},"spec":{"parentRefs":[{"name":"shop"}],"hostnames":["shop.example.com"],
              "rules":[{"backendRefs":[{"name":"web","namespace":"other","port":80}]}]}}
            """;
        var refused = Read([Shop], [Crossing]);
        Assert.Equal("False/RefNotPermitted", Conditions(refused, "r")["ResolvedRefs"]);
        Assert.All(refused.Routes, r => Assert.Null(r.Backends[0].Backend));
        var granted = Read([Shop], [Crossing], grants: ["""
            {"metadata":{"name":"g","namespace":"other"},"spec":{"from":[{"group":"gateway.networking.k8s.io","kind":"HTTPRoute","namespace":"default"}],"to":[{"group":"","kind":"Service","name":"web"}]}}
            """]);
        Assert.Equal("True/ResolvedRefs", Conditions(granted, "r")["ResolvedRefs"]);
        Assert.All(granted.Routes, r => Assert.NotNull(r.Backends[0].Backend));
    }

    [Fact]
    public void Weights_ShareRequests()
    {
        var state = Read([Shop], ["""
            {"metadata":{"name":"r","namespace":"default"},"spec":{"parentRefs":[{"name":"shop","sectionName":"http"}],"hostnames":["shop.example.com"],
              "rules":[{"backendRefs":[{"name":"web","port":80,"weight":3},{"name":"api","port":80,"weight":1},{"name":"write","port":80,"weight":0},{"name":"missing","port":80,"weight":1}]}]}}
            """]);
        var route = Assert.Single(state.Routes);
        var random = new Random(20260301);
        var counts = Enumerable.Range(0, 5000).Select(_ => Array.IndexOf(route.Backends.Select(b => b.Backend).ToArray(), route.Choose(random).Backend)).CountBy(i => i).ToDictionary();
        Assert.InRange(counts[0], 2850, 3150);
        Assert.InRange(counts[1], 880, 1120);
        Assert.False(counts.ContainsKey(2));
        // What leads nowhere fails for its share.
        Assert.InRange(counts[3], 880, 1120);
        Assert.Equal("False/BackendNotFound", Conditions(state, "r")["ResolvedRefs"]);
    }

    [Fact]
    public void Filters_ChangePathsHostsAndHeaders()
    {
        var state = Read([Shop], ["""
            {"metadata":{"name":"r","namespace":"default"},"spec":{"parentRefs":[{"name":"shop","sectionName":"http"}],"hostnames":["shop.example.com"],"rules":[
              {"matches":[{"path":{"type":"PathPrefix","value":"/old"}}],"filters":[
                {"type":"URLRewrite","urlRewrite":{"hostname":"inner.local","path":{"type":"ReplacePrefixMatch","replacePrefixMatch":"/new"}}},
                {"type":"RequestHeaderModifier","requestHeaderModifier":{"set":[{"name":"X-A","value":"1"}],"remove":["X-B"]}}],"backendRefs":[{"name":"web","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/moved"}}],"filters":[
                {"type":"RequestRedirect","requestRedirect":{"scheme":"https","statusCode":301,"path":{"type":"ReplacePrefixMatch","replacePrefixMatch":"/"}}}]}]}}
            """]);
        var rewritten = state.Routes.Single(r => r.Path.Path == "/old").Actions;
        Assert.Equal("inner.local", rewritten.Hostname);
        Assert.Equal("/new/page", rewritten.Path!.Apply("/old/page"));
        Assert.Equal("/new", rewritten.Path.Apply("/old"));
        Assert.Equal([new HeaderChange(HeaderOperation.Set, "X-A", "1"), new HeaderChange(HeaderOperation.Remove, "X-B", "")], rewritten.RequestHeaders);
        var redirect = state.Routes.Single(r => r.Path.Path == "/moved").Actions.Redirect!;
        Assert.Equal(301, redirect.Status);
        Assert.Equal("https://shop.example.com/page?q=1", redirect.Location(Request("GET", "/moved/page", "http", query: "?q=1", port: 8080)));
    }

    [Fact]
    public void UnknownFilter_IsToldAndNothingIsServed()
    {
        var state = Read([Shop], ["""
            {"metadata":{"name":"r","namespace":"default"},"spec":{"parentRefs":[{"name":"shop"}],"rules":[{"filters":[{"type":"RequestMirror"}],"backendRefs":[{"name":"web","port":80}]}]}}
            """]);
        Assert.Equal("False/UnsupportedValue", Conditions(state, "r")["Accepted"]);
        Assert.Empty(state.Routes);
    }

    [Fact]
    public void GrpcRoute_Methods_ArePathsOfHttp2Backends()
    {
        List<BackendKey> asked = [];
        var state = Read([Shop], [], ["""
            {"metadata":{"name":"g","namespace":"default"},"spec":{"parentRefs":[{"name":"shop","sectionName":"https"}],"rules":[
              {"matches":[{"method":{"service":"shop.Cart","method":"Add"}},{"method":{"service":"shop.Stock"}}],"backendRefs":[{"name":"web","port":80}]}]}}
            """], asked: asked);
        Assert.Equal([PathMatch.Exact("/shop.Cart/Add"), PathMatch.Prefix("/shop.Stock")], state.Routes.Select(r => r.Path));
        Assert.All(asked, k => Assert.True(k.IsGrpc));
        Assert.Equal([("shop.example.com", new ObjectKey("default", "cert"))], state.Certificates);
    }

    [Fact]
    public void Conditions_OfASecondLook_KeepTheirTimes()
    {
        var first = Read([Shop], []).GatewayStatuses.Values.Single();
        var second = Read([Shop], [], now: DateTimeOffset.UnixEpoch.AddDays(2)).GatewayStatuses.Values.Single();
        Assert.False(JsonNode.DeepEquals(first, second));
        GatewayStatus.KeepTimes(second, first);
        Assert.True(JsonNode.DeepEquals(first, second));
    }

    private static string Route(string name, string ns, string hostnames) => $$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"spec":{"parentRefs":[{"name":"shop","namespace":"default"}],"hostnames":{{{hostnames}}},"rules":[{"backendRefs":[{"name":"web","port":80}]}]}}
        """;

    private static GatewayState Read(
        string[] gateways, string[] http, string[]? grpc = null, string[]? grants = null, List<BackendKey>? asked = null, DateTimeOffset? now = null)
    {
        string[] services = ["default/web", "default/api", "default/write", "default/test", "default/versioned", "other/web"];
        return GatewayReader.Read(new GatewayView
        {
            Gateways = [.. gateways.Select(Parse<GatewayKind>)],
            HttpRoutes = [.. http.Select(Parse<HttpRouteKind>)],
            GrpcRoutes = [.. (grpc ?? []).Select(Parse<GrpcRouteKind>)],
            Grants = [.. (grants ?? []).Select(Parse<ReferenceGrantKind>)],
            NamespaceLabels = _ => [],
            Services = key => services.Contains(key.ToString()) ? new Service { Spec = new() { Ports = [new() { Port = 80 }] } } : null,
            Secrets = key => key.Name == "cert" ? new Secret() : null,
            Backends = key =>
            {
                asked?.Add(key);
                var backend = new Backend();
                backend.Set([key.Service.Name], BackendProtocol.Http1);
                return backend;
            },
            Addresses = [System.Net.IPAddress.Parse("192.0.2.1")],
            HasHttps = true,
            Now = now ?? DateTimeOffset.UnixEpoch.AddDays(1),
        });
    }

    private static GatewayObject<TKind> Parse<TKind>(string json)
        where TKind : IGatewayKind => (GatewayObject<TKind>)GatewayObject<TKind>.Kind.ReadJson(Encoding.UTF8.GetBytes(json), null);

    private static Dictionary<string, string> Conditions(GatewayState state, string route, string ns = "default") =>
        state.RouteParents[("HTTPRoute", new ObjectKey(ns, route))].OfType<JsonObject>().Single().Objects("conditions")
            .ToDictionary(c => c.Text("type")!, c => $"{c.Text("status")}/{c.Text("reason")}");

    private static string? Find(RouteTable table, string method, string path, (string Name, string Value)? header = null, string query = "", string scheme = "http") =>
        table.Find("shop.example.com", path, Request(method, path, scheme, header, query))?.Backends[0].Backend?.Next(0);

    private static HttpRequest Request(string method, string path, string scheme, (string Name, string Value)? header = null, string query = "", int? port = null)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.Path = path;
        request.Scheme = scheme;
        request.QueryString = new QueryString(query);
        request.Host = port is { } number ? new HostString("shop.example.com", number) : new HostString("shop.example.com");
        if (header is { } given)
            request.Headers[given.Name] = given.Value;
        return request;
    }
}
