using System.Net;
using System.Security.Cryptography.X509Certificates;
using Berth.ApiServer.Admission;
using Berth.ApiServer.Audit;
using Berth.ApiServer.Authentication;
using Berth.ApiServer.Authorization;
using Berth.ApiServer.Registry;
using Berth.Store;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.ApiServer;

/// <summary>What an <see cref="ApiServerHost"/> is made of.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Not owned: closed by who opened it, after the server.</summary>
    public required IStore Store { get; init; }

    public IValueTransformer? Transformer { get; init; }

    /// <summary>Null: whoever asks is the administrator. For tests alone.</summary>
    public Func<IObjectReader, IAuthenticator>? Authenticator { get; init; }

    /// <summary>Null: everybody may do everything. For tests alone.</summary>
    public Func<IObjectReader, IAuthorizer>? Authorizer { get; init; }

    public Func<IObjectReader, AdmissionChain>? Admission { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Of uids and generated names. Seeded in simulation.</summary>
    public Random Random { get; init; } = new();

    /// <summary>Where to listen; null: only in the process.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Further addresses, such as that of the pods' bridge when the server itself listens on loopback alone.</summary>
    public IReadOnlyList<IPEndPoint> AlsoListen { get; init; } = [];

    /// <summary>Asked for at each handshake, so that a renewed certificate is taken without a restart. Null: plain HTTP, for tests alone.</summary>
    public Func<X509Certificate2>? ServerCertificate { get; init; }

    /// <summary>Signs the clients' certificates; null: clients have none.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Speaks to node agents, with the server's own client certificate.</summary>
    public SocketsHttpHandler? NodeTransport { get; init; }

    /// <summary>Shown to aggregated API servers, which believe its bearer who is said to ask. Null: they are told, but have no reason to believe it.</summary>
    public Func<X509Certificate2>? ProxyIdentity { get; init; }

    /// <summary>Keeps an APIService for each version that is served.</summary>
    public bool RegistersApiServices { get; init; }

    /// <summary>Null: nothing is written down of requests.</summary>
    public AuditOptions? Audit { get; init; }

    /// <summary>Registers what other parts answer for.</summary>
    public Action<ApiServerParts>? Extend { get; init; }

    public ILoggerFactory Logging { get; init; } = NullLoggerFactory.Instance;
}
