using System.Security.Cryptography.X509Certificates;
using Berth.Client;
using Berth.Client.Transport;
using Berth.Instance;

namespace Berth.Join;

/// <summary>How a machine becomes a member: discovery by the token's hash, then a client certificate by a request under the token.</summary>
internal static class Joining
{
    // Notice a dead connection well within the 40 s after which the node counts as lost.
    private static readonly TimeSpan s_ping = TimeSpan.FromSeconds(8);

    // Connections carry the certificate that they were opened with.
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromMinutes(5);

    /// <exception cref="UserErrorException">It cannot join; the message says why.</exception>
    public static async Task<NodePapers> JoinAsync(string dataDirectory, Uri server, JoinToken token, string nodeName, TimeSpan? lifetime, TimeProvider time, CancellationToken ct)
    {
        var authority = await ClusterDiscovery.FindAuthorityAsync(server, token, time, ct);
        var (client, http) = new ClientConfig { Server = server, Authorities = [authority], Token = () => token.Bearer }.Connect("berth-join");
        using (http)
        {
            var papers = NodePapers.New(dataDirectory, server, nodeName, authority);
            try
            {
                papers.KeepClient(await new CertificateAsk(client, nodeName, lifetime, time).ClientAsync(ct));
            }
            catch (ApiException e) when (e.Code == 401)
            {
                throw new UserErrorException($"the server does not accept the token {token.Id}: it is wrong, has expired or was deleted", "make a new one where the cluster's control plane runs: berth token create", e);
            }
            catch (HttpRequestException e) when (e.InnerException is System.Security.Authentication.AuthenticationException)
            {
                throw new UserErrorException($"the server at {server} shows a certificate that is not good for this address: {e.InnerException.Message}", "name the address by which the server knows itself, or start it with --tls-san ADDRESS", e);
            }

            return papers;
        }
    }

    /// <summary>A client that shows the certificate that the papers have at the time.</summary>
    public static (ClusterClient Client, HttpMessageInvoker Http) Connect(NodePapers papers, string name) => new ClientConfig
    {
        Server = papers.Server,
        Authorities = [papers.Authority],
        CurrentCertificate = () => papers.Client ?? throw new InvalidOperationException("this machine has not joined yet"),
        ConnectionLifetime = s_connectionLifetime,
        PingDelay = s_ping,
        PingTimeout = s_ping,
    }.Connect(name);

    public static bool SameAuthority(X509Certificate2 authority, JoinToken token) => JoinToken.HashOf(authority) == token.AuthorityHash;
}
