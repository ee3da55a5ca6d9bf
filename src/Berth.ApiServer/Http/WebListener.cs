using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Berth.ApiServer.Http;

/// <summary>Kestrel in front of the pipeline: HTTP/1.1 and HTTP/2 over TLS, client certificates asked for but not required.</summary>
internal static class WebListener
{
    // Idle connections of clients that hold watches stay; dead ones are found by pings.
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_pingDelay = TimeSpan.FromSeconds(30);

    // As kube-apiserver: a client's watches and requests share one HTTP/2 connection.
    private const int StreamsPerConnectionMax = 1000;

    public static WebApplication Build(ApiServerOptions options, IPEndPoint endpoint, RequestDelegate handler)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton<ILoggerFactory>(new QuietLogging(options.Logging));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;
            // The body's limit is RequestBody's, so that its refusal is a Status.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.KeepAliveTimeout = s_keepAlive;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
            kestrel.Limits.Http2.KeepAlivePingDelay = s_pingDelay;
            foreach (var address in options.AlsoListen.Prepend(endpoint))
                kestrel.Listen(address, Configure);

            void Configure(Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions listen)
            {
                listen.Protocols = options.ServerCertificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (options.ServerCertificate is { } certificate)
                {
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificateSelector = (_, _) => certificate();
                        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                        if (options.ClientAuthority is null)
                            return;
                        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                        // Whether the certificate is good is authentication's question: a bad one is a 401, not a broken handshake.
                        https.ClientCertificateValidation = static (_, _, _) => true;
                        https.OnAuthenticate = static (_, ssl) => ssl.CertificateRevocationCheckMode = System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck;
                    });
                }
            }
        });
        var app = builder.Build();
        app.Run(handler);
        return app;
    }

    /// <summary>The process and its signals belong to who started the server.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
