using System.Security.Cryptography.X509Certificates;
using Berth.Client;
using Berth.Node.Streaming;

namespace Berth.Up;

/// <summary>How a machine's parts speak to its cluster and show who they are: inside the server's process, or from another machine.</summary>
internal sealed record NodeLink
{
    /// <summary>Of service proxy, DNS and routes.</summary>
    public required IClusterClient Network { get; init; }

    /// <summary>Of the node agent.</summary>
    public required IClusterClient Agent { get; init; }

    /// <summary>Certificate of the agent's own endpoint, asked for at each handshake.</summary>
    public required Func<X509Certificate2> Serving { get; init; }

    public required X509Certificate2 Authority { get; init; }

    /// <summary>Whether a caller may use a verb on a subresource of this node.</summary>
    public required Func<KubeletCaller, string, string, CancellationToken, Task<bool>> Authorize { get; init; }

    /// <summary>Who a bearer token belongs to.</summary>
    public Func<string, CancellationToken, Task<KubeletCaller?>>? AuthenticateToken { get; init; }
}
