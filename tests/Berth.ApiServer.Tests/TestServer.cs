using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Berth.ApiServer.Authentication;
using Berth.Store.Memory;

namespace Berth.ApiServer.Tests;

/// <summary>An API server over a store in memory, spoken to through the in-process transport.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private TestServer(MemoryStore store, ApiServerHost host)
    {
        Store = store;
        Host = host;
        Client = new HttpClient(host.InProcess(UserInfo.Of("admin", UserInfo.MastersGroup, UserInfo.AuthenticatedGroup)))
        {
            BaseAddress = new Uri("https://berth.invalid"),
            Timeout = Deadline,
        };
        Client.DefaultRequestHeaders.UserAgent.ParseAdd("berth-test/1");
    }

    public MemoryStore Store { get; }

    public ApiServerHost Host { get; }

    public HttpClient Client { get; }

    /// <param name="namespaces">Made beside <c>default</c>.</param>
    public static async Task<TestServer> StartAsync(params string[] namespaces)
    {
        var store = new MemoryStore();
        var host = new ApiServerHost(new ApiServerOptions { Store = store, Random = new Random(1) });
        await host.StartAsync();
        var server = new TestServer(store, host);
        foreach (var name in namespaces.Prepend("default"))
            await server.PostAsync("/api/v1/namespaces", $$$"""{"metadata":{"name":"{{{name}}}"}}""");
        return server;
    }

    public async Task<(HttpStatusCode Code, JsonNode Body)> SendAsync(HttpMethod method, string path, string? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }

        using var response = await Client.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public Task<(HttpStatusCode Code, JsonNode Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(HttpStatusCode Code, JsonNode Body)> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body);

    public Task<(HttpStatusCode Code, JsonNode Body)> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body);

    public Task<(HttpStatusCode Code, JsonNode Body)> PatchAsync(string path, string body, string type = "merge-patch+json") =>
        SendAsync(HttpMethod.Patch, path, body, "application/" + type);

    /// <summary>Creates, and fails the test when that is refused.</summary>
    public async Task<JsonNode> PostAsync(string path, string body)
    {
        var (code, created) = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(code == HttpStatusCode.Created, $"POST {path}: {code} {created.ToJsonString()}");
        return created;
    }

    public async Task<WatchReader> WatchAsync(string path) => new(await Client.GetStreamAsync(path));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        await Store.DisposeAsync();
    }
}
