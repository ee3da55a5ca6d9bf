using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Berth.ApiServer.Pki;

namespace Berth.Up;

/// <summary>How the API server speaks to node agents: with its client certificate, trusting the cluster's authority alone.</summary>
internal static class NodeTransport
{
    public static SocketsHttpHandler Create(ClusterCertificates certificates)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(certificates.Authority.PublicCertificate);
        return new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = policy,
                // Asked for at each connection, so that a renewed certificate is taken without a restart.
                LocalCertificateSelectionCallback = (_, _, _, _, _) => certificates.KubeletClient.Current,
            },
        };
    }
}
