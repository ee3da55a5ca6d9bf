using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.ApiServer.Authentication;

namespace Berth.ApiServer.Pki;

/// <summary>
/// All keys and certificates of a cluster, kept under DATA/pki: the authority (ca.crt, ca.key), the API server's and the
/// administrator's certificate (apiserver.pem, admin.pem: certificate and key in one file, so that both change at once)
/// and the key that signs service-account tokens (sa.key). Others are made on demand and kept in memory.
/// </summary>
/// <remarks>
/// Files that are ours are made anew when they are due; files that are not (another authority's, damaged ones) are never
/// overwritten: <see cref="PkiException"/> says which and what to do.
/// </remarks>
public sealed class ClusterCertificates : IDisposable
{
    private readonly PkiDirectory _directory;
    private readonly TimeProvider _time;

    private ClusterCertificates(PkiDirectory directory, PkiOptions options, TimeProvider time)
    {
        _directory = directory;
        _time = time;
        Authority = CertificateAuthority.LoadOrCreate(directory, options, time);
        ServiceAccountKey = ServiceAccountKey.LoadOrCreate(directory);
        EncryptionKey = EncryptionKey.LoadOrCreate(directory);

        var names = SubjectNames.OfServer(options);
        Server = Kept("apiserver.pem", () => Authority.IssueServer("kube-apiserver", [], names), certificate => SubjectNames.Of(certificate).SetEquals(names));
        Admin = Kept("admin.pem", () => Authority.IssueClient("kubernetes-admin", [UserInfo.MastersGroup]), _ => true);
        ProxyClient = Client(ProxyClientName);
        KubeletClient = Client("kube-apiserver-kubelet-client", UserInfo.MastersGroup);
    }

    /// <summary>Name under which the API server introduces others to aggregated servers; nobody else gets a certificate with it.</summary>
    public const string ProxyClientName = "front-proxy-client";

    public CertificateAuthority Authority { get; }

    /// <summary>What the API server shows to aggregated API servers.</summary>
    public RenewingCertificate ProxyClient { get; }

    public RenewingCertificate Server { get; }

    /// <summary>User kubernetes-admin in the group system:masters.</summary>
    public RenewingCertificate Admin { get; }

    /// <summary>What the API server shows to node agents.</summary>
    public RenewingCertificate KubeletClient { get; }

    public ServiceAccountKey ServiceAccountKey { get; }

    /// <summary>Of Secrets at rest.</summary>
    public EncryptionKey EncryptionKey { get; }

    /// <exception cref="PkiException">A file cannot be read, written or used.</exception>
    public static ClusterCertificates LoadOrCreate(string dataDirectory, PkiOptions options, TimeProvider time) =>
        new(PkiDirectory.Open(Path.Combine(dataDirectory, "pki")), options, time);

    /// <summary>A client certificate that lives in memory.</summary>
    public RenewingCertificate Client(string userName, params string[] groups) =>
        new(null, () => Authority.IssueClient(userName, groups), _time);

    /// <summary>What a node agent shows to the API server: user system:node:NAME in the group system:nodes.</summary>
    public RenewingCertificate NodeClient(string nodeName) => Client(UserInfo.NodeNamePrefix + nodeName, UserInfo.NodesGroup);

    /// <summary>What a node agent's own endpoint (logs, exec) serves with.</summary>
    public RenewingCertificate NodeServing(string nodeName, IReadOnlyList<IPAddress> addresses)
    {
        var names = new SubjectNames([nodeName, "localhost"], [IPAddress.Loopback, .. addresses]);
        return new(null, () => Authority.IssueServer(UserInfo.NodeNamePrefix + nodeName, [UserInfo.NodesGroup], names), _time);
    }

    public void Dispose()
    {
        Authority.Dispose();
        ServiceAccountKey.Dispose();
    }

    /// <summary>A certificate in a file, made anew when it is due or no longer fits.</summary>
    private RenewingCertificate Kept(string name, Func<X509Certificate2> issue, Func<X509Certificate2, bool> fits)
    {
        var current = Load(name);
        if (current is not null && !fits(current)) current = null;
        return new(current, () =>
        {
            var made = issue();
            _directory.Write(name, made.ExportCertificatePem() + "\n" + RenewingCertificate.ExportKeyPem(made));
            return made;
        }, _time);
    }

    private X509Certificate2? Load(string name)
    {
        if (_directory.ReadText(name) is not { } pem) return null;
        var path = _directory.PathOf(name);
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem, pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new PkiException(path, $"does not hold a certificate and its private key in PEM ({e.Message})", "Delete it and start again: a new one is made", e);
        }

        if (!Authority.HasIssued(certificate))
        {
            throw new PkiException(
                path,
                $"was not issued by the authority in ca.crt beside it (issuer \"{certificate.Issuer}\")",
                "Delete it and start again, and a new one is made; or restore ca.crt and ca.key that it belongs to");
        }

        return certificate;
    }
}
