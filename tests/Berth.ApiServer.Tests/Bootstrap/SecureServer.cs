using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Bootstrap;
using Berth.ApiServer.Pki;
using Berth.ApiServer.Tests.Pki;
using Berth.Store.Memory;

namespace Berth.ApiServer.Tests.Bootstrap;

/// <summary>An API server with all its security, over a store in memory, on a port of its own.</summary>
internal sealed class SecureServer : IAsyncDisposable
{
    private static readonly IPNetwork ServiceCidr = IPNetwork.Parse("10.43.0.0/16");

    private readonly DataDirectory _data;
    private readonly CancellationTokenSource _stop = new();
    private readonly ClusterSecurity _security;
    private readonly Task _loop;

    private SecureServer(ClusterCertificates certificates, DataDirectory data, MemoryStore store, ClusterSecurity security, ApiServerHost host)
    {
        (Certificates, _data, Store, _security, Host) = (certificates, data, store, security, host);
        _loop = security.RunAsync(host, _stop.Token);
        Admin = As("kubernetes-admin", UserInfo.MastersGroup);
    }

    public ClusterCertificates Certificates { get; }

    public MemoryStore Store { get; }

    public ApiServerHost Host { get; }

    /// <summary>In the process, as a member of system:masters.</summary>
    public HttpClient Admin { get; }

    public static async Task<SecureServer> StartAsync()
    {
        var data = new DataDirectory();
        var certificates = ClusterCertificates.LoadOrCreate(data.Path, new PkiOptions { ServiceCidr = ServiceCidr }, TimeProvider.System);
        var store = new MemoryStore();
        var security = new ClusterSecurity(certificates, new TokenOptions(), TimeProvider.System);
        var options = security.Apply(new ApiServerOptions { Store = store, Listen = new IPEndPoint(IPAddress.Loopback, 0) }, _ => []);
        var host = new ApiServerHost(options);
        await host.StartAsync(TestContext.Current.CancellationToken);
        var server = new SecureServer(certificates, data, store, security, host);
        await server.BootstrapAsync();
        return server;
    }

    public Task BootstrapAsync() =>
        _security.BootstrapAsync(Host, ServiceCidr, new IPEndPoint(IPAddress.Parse("192.0.2.1"), 6443), TestContext.Current.CancellationToken);

    public HttpClient As(string user, params string[] groups) =>
        new(new Settling(Host, UserInfo.Of(user, [.. groups, UserInfo.AuthenticatedGroup]))) { BaseAddress = new Uri("https://berth.invalid") };

    /// <summary>Over TLS, with or without a certificate and a token.</summary>
    public HttpClient Remote(X509Certificate2? certificate = null, string? token = null)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = Certificates.Authority.ChainPolicy(),
                ClientCertificates = certificate is null ? null : [certificate],
            },
        };
        var client = new HttpClient(handler) { BaseAddress = Host.Address };
        if (token is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ContinueWith(_ => { }, TaskScheduler.Default);
        await Host.DisposeAsync();
        await Store.DisposeAsync();
        Certificates.Dispose();
        _data.Dispose();
        _stop.Dispose();
    }

    /// <summary>Waits after each write until the server's caches have it, so that tests see what they did.</summary>
    private sealed class Settling(ApiServerHost host, UserInfo user) : DelegatingHandler(host.InProcess(user))
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Get) await host.Services.Hub.WaitForLatestAsync(cancellationToken);
            return response;
        }
    }
}

internal static class JsonRequests
{
    public static async Task<(HttpStatusCode Code, JsonNode Body)> SendAsync(
        this HttpClient client, HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(method == HttpMethod.Patch ? "application/merge-patch+json" : "application/json");
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)! : JsonValue.Create(text)!);
    }

    public static async Task<JsonNode> GetAsync(this HttpClient client, string path, HttpStatusCode expected)
    {
        var (code, body) = await client.SendAsync(HttpMethod.Get, path);
        Assert.True(code == expected, $"GET {path}: {(int)code} instead of {(int)expected}: {body}");
        return body;
    }

    public static async Task<JsonNode> PostAsync(this HttpClient client, string path, string body, HttpStatusCode expected = HttpStatusCode.Created)
    {
        var (code, answer) = await client.SendAsync(HttpMethod.Post, path, body);
        Assert.True(code == expected, $"POST {path}: {(int)code} instead of {(int)expected}: {answer}");
        return answer;
    }
}
