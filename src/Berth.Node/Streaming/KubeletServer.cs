using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Node.Streaming;

/// <summary>
/// The node agent's HTTPS endpoint, with the paths of Kubernetes' node agent. Flow of a request: (1) who asks, by client
/// certificate or token: 401; (2) may they: 403; (3) the handler of the path.
/// </summary>
public sealed partial class KubeletServer(KubeletServerOptions options, KubeletApi api, ILoggerFactory logs) : IAsyncDisposable
{
    private static readonly TimeSpan _drain = TimeSpan.FromSeconds(2);

    private readonly ILogger _log = logs.CreateLogger("Berth.Node.Streaming");
    private readonly CancellationTokenSource _stopping = new();
    private WebApplication? _web;

    /// <summary>Port that is listened on.</summary>
    public int Port { get; private set; }

    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(new IPEndPoint(options.Address, options.Port), listen =>
            {
                // Upgrades exist in HTTP/1.1 alone.
                listen.Protocols = HttpProtocols.Http1;
                if (options.Certificate is not { } certificate) return;
                listen.UseHttps(https =>
                {
                    https.ServerCertificateSelector = (_, _) => certificate();
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                    if (options.ClientAuthority is null) return;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    // Judged below: a bad certificate is a 401, not a broken handshake.
                    https.ClientCertificateValidation = static (_, _, _) => true;
                });
            });
        });
        _web = builder.Build();
        _web.UseWebSockets();
        _web.Run(HandleAsync);
        await _web.StartAsync(ct);
        Port = new Uri(_web.Urls.First()).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_web is not null)
        {
            using var limit = new CancellationTokenSource(_drain);
            await _web.StopAsync(limit.Token);
            await _web.DisposeAsync();
        }
    }

    private async Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stopping.Token);
        try
        {
            // 1. who
            var caller = await CallerAsync(http, either.Token);
            if (caller is null)
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                await http.Response.WriteAsync("Unauthorized", either.Token);
                return;
            }

            // 2. may they
            var (verb, subresource) = Attributes(http.Request.Method, path);
            if (!await options.Authorize(caller, verb, subresource, either.Token))
            {
                http.Response.StatusCode = StatusCodes.Status403Forbidden;
                await http.Response.WriteAsync($"Forbidden (user={caller.Name}, verb={verb}, resource=nodes, subresource={subresource})", either.Token);
                return;
            }

            // 3. what
            await api.HandleAsync(http, either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The client has gone, or we have.
        }
        catch (Exception error) when (error is IOException or Cri.GrpcException or Berth.Client.ApiException or System.Net.WebSockets.WebSocketException or InvalidDataException)
        {
            LogFailed(_log, http.Request.Method, path, error.Message);
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Response.StatusCode = error is Cri.GrpcException { Code: Cri.GrpcStatusCode.NotFound } ? StatusCodes.Status404NotFound : StatusCodes.Status500InternalServerError;
            await http.Response.WriteAsync(error.Message, CancellationToken.None);
        }
    }

    private async Task<KubeletCaller?> CallerAsync(HttpContext http, CancellationToken ct)
    {
        if (options.Certificate is null) return new KubeletCaller("system:anonymous", []);
        if (options.ClientAuthority is { } authority && await http.Connection.GetClientCertificateAsync(ct) is { } certificate)
        {
            using var chain = new X509Chain();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.Add(authority);
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.2")); // client authentication
            return chain.Build(certificate)
                ? new KubeletCaller(certificate.GetNameInfo(X509NameType.SimpleName, false), Organizations(certificate))
                : null;
        }

        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.Ordinal) && options.AuthenticateToken is { } authenticate
            ? await authenticate(header["Bearer ".Length..].Trim(), ct)
            : null;
    }

    private static List<string> Organizations(X509Certificate2 certificate)
    {
        var groups = new List<string>();
        foreach (var name in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (!name.HasMultipleElements && name.GetSingleElementType().Value == "2.5.4.10" && name.GetSingleElementValue() is { } group) groups.Add(group);
        }

        return groups;
    }

    /// <summary>The API's words for a request to a node: what RBAC rules for nodes/proxy, nodes/stats and so on are about.</summary>
    internal static (string Verb, string Subresource) Attributes(string method, string path)
    {
        var verb = method switch { "POST" => "create", "PUT" => "update", "PATCH" => "patch", "DELETE" => "delete", _ => "get" };
        string[] own = ["stats", "metrics", "logs", "healthz", "configz", "pods"];
        var first = path.TrimStart('/').Split('/')[0];
        return (verb, first == "logs" ? "log" : own.Contains(first) ? first : "proxy");
    }

    [LoggerMessage(5301, LogLevel.Information, "{Method} {Path} failed: {Problem}")]
    private static partial void LogFailed(ILogger log, string method, string path, string problem);
}
