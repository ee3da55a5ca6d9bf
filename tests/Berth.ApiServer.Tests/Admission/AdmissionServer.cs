using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.Resources.Addresses;
using Berth.Store.Memory;

namespace Berth.ApiServer.Tests.Admission;

/// <summary>An API server over a store in memory with the default admission plugins, and services in 10.96.0.0/24.</summary>
internal sealed class AdmissionServer : IAsyncDisposable
{
    private readonly MemoryStore _store;
    private readonly HttpClient _client;

    private AdmissionServer(MemoryStore store, ApiServerHost host)
    {
        _store = store;
        Host = host;
        _client = new HttpClient(host.InProcess(UserInfo.Of("admin", UserInfo.MastersGroup, UserInfo.AuthenticatedGroup)))
        {
            BaseAddress = new Uri("https://berth.invalid"),
            Timeout = TestServer.Deadline,
        };
    }

    public ApiServerHost Host { get; }

    /// <summary>Started, with the namespace <c>a</c> and its default service account.</summary>
    public static async Task<AdmissionServer> StartAsync(string namespaceLabels = "{}", string serviceCidr = "10.96.0.0/24", AuditOptions? audit = null, IAuthorizer? authorizer = null)
    {
        var store = new MemoryStore();
        var host = new ApiServerHost(new ApiServerOptions
        {
            Store = store,
            Random = new Random(1),
            Audit = audit,
            Authorizer = authorizer is null ? null : _ => authorizer,
            Admission = objects => new AdmissionChain(AdmissionPlugins.Default(objects, IpRanges.Parse(serviceCidr), random: new Random(2))),
        });
        await host.StartAsync();
        var server = new AdmissionServer(store, host);
        await server.CreateAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"a","labels":{{{namespaceLabels}}}}}""");
        await server.CreateAsync("/api/v1/namespaces/a/serviceaccounts", """{"metadata":{"name":"default"},"imagePullSecrets":[{"name":"pull"}]}""");
        return server;
    }

    public async Task<(HttpStatusCode Code, JsonNode Body)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json");
        using var response = await _client.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>Creates, and fails the test when that is refused.</summary>
    public async Task<JsonNode> CreateAsync(string path, string body)
    {
        var (code, created) = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(code == HttpStatusCode.Created, $"POST {path}: {code} {created.ToJsonString()}");
        return created;
    }

    public Task<JsonNode> CreateServiceAsync(string name, string spec) =>
        CreateAsync("/api/v1/namespaces/a/services", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""");

    public Task<JsonNode> CreatePodAsync(string name, string spec) =>
        CreateAsync("/api/v1/namespaces/a/pods", $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""");

    /// <summary>The message of the refusal; fails the test when the object is accepted.</summary>
    public async Task<string> RefusalAsync(string path, string body, HttpStatusCode expected)
    {
        var (code, status) = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(code == expected, $"POST {path}: {code} {status.ToJsonString()}");
        return (string)status["message"]!;
    }

    public Task<string> PodRefusalAsync(string spec) =>
        RefusalAsync("/api/v1/namespaces/a/pods", $$$"""{"metadata":{"name":"p"},"spec":{{{spec}}}}""", HttpStatusCode.Forbidden);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Host.DisposeAsync();
        await _store.DisposeAsync();
    }
}
