using System.Collections.Immutable;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Ingress.Proxying;
using Berth.Ingress.Sources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Ingress;

/// <summary>
/// The built-in ingress controller: listens, and forwards requests to pods as the Ingress objects of its class say. Certificates, routes and
/// endpoints change without a connection being dropped.
/// </summary>
public sealed class IngressServer : IAsyncDisposable
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private readonly IngressFollower _follower;
    private readonly BackendClients _clients = new();
    private readonly WebApplication _app;

    private IngressServer(IngressFollower follower, IngressServerOptions options, ILoggerFactory logs)
    {
        _follower = follower;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.Services.AddSingleton(new QuietLogging(logs).AsFactory());
        builder.Services.AddHttpForwarder();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, options));
        _app = builder.Build();
        var forwarder = new RequestForwarder(() => _follower.Current, _app.Services.GetRequiredService<IHttpForwarder>(), _clients, logs.CreateLogger("Berth.Ingress.Proxying"));
        _app.Run(forwarder.HandleAsync);
    }

    /// <summary>Where it listens: with port 0 asked for, the port that it got.</summary>
    public ImmutableArray<IPEndPoint> EndPoints => [.. _app.Urls.Select(u => new Uri(u)).Select(u => new IPEndPoint(IPAddress.Parse(u.Host), u.Port))];

    /// <summary>Completes when everything that existed at the start is served.</summary>
    public Task Ready => _follower.Ready;

    /// <summary>Listens. Subscribes to the informers, so it comes before they run or at least before they are waited for.</summary>
    /// <exception cref="IOException">An address is taken or not this machine's.</exception>
    public static async Task<IngressServer> StartAsync(
        InformerFactory informers, IngressServerOptions options, EventRecorder? events, ILoggerFactory logs, TimeProvider time, CancellationToken cancellation)
    {
        var follower = new IngressFollower(informers, options, events, logs.CreateLogger("Berth.Ingress.Sources"), time);
        var server = new IngressServer(follower, options, logs);
        try
        {
            await server._app.StartAsync(cancellation).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Follows the cluster until cancelled; then requests under way have some seconds to end.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            await _follower.RunAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(StopLimit);
            await _app.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        _clients.Dispose();
        _follower.Dispose();
    }

    private void Configure(KestrelServerOptions kestrel, IngressServerOptions options)
    {
        kestrel.AddServerHeader = false;
        // Limits are the backends' business.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = KeepAlive;
        foreach (var address in options.Http)
            kestrel.Listen(address, listen => listen.Protocols = HttpProtocols.Http1);
        foreach (var address in options.Https)
        {
            kestrel.Listen(address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = hello => ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = _follower.Current.Certificates.Find(hello.ClientHelloInfo.ServerName),
                        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                        CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck,
                    }),
                });
            });
        }
    }
}
