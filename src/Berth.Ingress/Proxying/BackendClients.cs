using System.Diagnostics;
using System.Net;
using System.Net.Security;
using Berth.Ingress.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace Berth.Ingress.Proxying;

/// <summary>Connections to backends, pooled by address. One client for each way to speak to them.</summary>
internal sealed class BackendClients : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>Shorter than the keep-alive of common servers (Node.js has 5 s), so that a request seldom meets a connection that just closed.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(4);

    private readonly HttpMessageInvoker _plain = new(Handler());
    private readonly HttpMessageInvoker _secure = new(Handler(trustAll: true));

    /// <summary>Past this without a byte in either direction, a request is given up; an idle WebSocket as well.</summary>
    public static readonly TimeSpan ActivityLimit = TimeSpan.FromMinutes(5);

    private static readonly ForwarderRequestConfig s_http1 = new()
    {
        ActivityTimeout = ActivityLimit,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static readonly ForwarderRequestConfig s_http2 = s_http1 with { Version = HttpVersion.Version20 };

    private static readonly ForwarderRequestConfig s_secure = s_http1 with { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };

    public HttpMessageInvoker For(BackendProtocol protocol) => protocol == BackendProtocol.Https ? _secure : _plain;

    public static ForwarderRequestConfig ConfigOf(BackendProtocol protocol) => protocol switch
    {
        BackendProtocol.H2c => s_http2,
        BackendProtocol.Https => s_secure,
        _ => s_http1,
    };

    public void Dispose()
    {
        _plain.Dispose();
        _secure.Dispose();
    }

    private static SocketsHttpHandler Handler(bool trustAll = false)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            EnableMultipleHttp2Connections = true,
            ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
            ConnectTimeout = ConnectLimit,
            PooledConnectionIdleTimeout = IdleLimit,
        };
        if (trustAll)
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true };
        return handler;
    }
}
