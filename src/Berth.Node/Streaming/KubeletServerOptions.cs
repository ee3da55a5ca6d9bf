using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Berth.Node.Streaming;

/// <summary>Who asks the node agent, as it was authenticated.</summary>
public sealed record KubeletCaller(string Name, IReadOnlyList<string> Groups);

/// <summary>The node agent's HTTPS endpoint.</summary>
public sealed record KubeletServerOptions
{
    public IPAddress Address { get; init; } = IPAddress.Any;

    /// <summary>0 takes a free one; not for a real node, whose status names it.</summary>
    public int Port { get; init; } = 10250;

    /// <summary>Asked for at each handshake. Null: plain HTTP, for tests alone.</summary>
    public Func<X509Certificate2>? Certificate { get; init; }

    /// <summary>Signs the certificates of callers; null: callers have none.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Who a bearer token belongs to; null for nobody.</summary>
    public Func<string, CancellationToken, Task<KubeletCaller?>>? AuthenticateToken { get; init; }

    /// <summary>Whether a caller may use a verb (get, create, ...) on a subresource of this node (proxy, stats, log, metrics, pods, healthz, configz).</summary>
    public required Func<KubeletCaller, string, string, CancellationToken, Task<bool>> Authorize { get; init; }
}
