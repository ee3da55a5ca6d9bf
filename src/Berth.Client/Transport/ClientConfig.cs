using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Client.Transport;

/// <summary>Where a server is, how to trust it and who to be there.</summary>
public sealed record ClientConfig
{
    public required Uri Server { get; init; }

    /// <summary>Authorities that may have signed the server's certificate; empty takes the machine's.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>Client certificate with its key; null for none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Asked for at each connection, because certificates are renewed; null takes <see cref="Certificate"/>.</summary>
    public Func<X509Certificate2>? CurrentCertificate { get; init; }

    /// <summary>After this a connection takes no more requests, so that a renewed certificate comes into use; watches on it go on.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long a connection may be silent before the other end is asked whether it is there, and then how long for an answer.</summary>
    public TimeSpan PingDelay { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Asked for at each request, because tokens are rotated; null for none.</summary>
    public Func<string>? Token { get; init; }

    /// <summary>Name that the server's certificate must carry; null takes the host of <see cref="Server"/>.</summary>
    public string? ServerName { get; init; }

    /// <summary>Namespace of the kubeconfig's context.</summary>
    public string? Namespace { get; init; }

    /// <summary>A client over HTTPS. The caller disposes the invoker.</summary>
    public (ClusterClient Client, HttpMessageInvoker Http) Connect(string name)
    {
        var http = new HttpMessageInvoker(Handler(), disposeHandler: true);
        return (new ClusterClient(http, Server, name), http);
    }

    private HttpMessageHandler Handler()
    {
        var handler = new SocketsHttpHandler
        {
            // Watches share one HTTP/2 connection with everything else; a dead peer must be noticed without traffic.
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            UseProxy = false,
        };
        var tls = handler.SslOptions;
        if (ServerName is not null)
            tls.TargetHost = ServerName;
        if (CurrentCertificate is { } current)
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => current();
        else if (Certificate is not null)
            tls.ClientCertificates = [Certificate];
        if (Authorities.Count > 0)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities);
        }

        tls.EncryptionPolicy = EncryptionPolicy.RequireEncryption;
        return Token is null ? handler : new TokenHandler(handler, Token);
    }

    private sealed class TokenHandler(HttpMessageHandler inner, Func<string> token) : DelegatingHandler(inner)
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", token());
            return base.SendAsync(request, cancellationToken);
        }
    }
}
