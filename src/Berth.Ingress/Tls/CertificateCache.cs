using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Ingress.Tls;

/// <summary>Certificates as TLS needs them, each made once for each version of its Secret. Owned by the loop that follows the cluster.</summary>
internal sealed class CertificateCache(TimeProvider time)
{
    private readonly Dictionary<ObjectKey, (string Version, SslStreamCertificateContext? Context, string Problem)> _made = [];

    /// <summary>Shown to those who ask for a name that has no certificate: nobody trusts it, but the connection says what is wrong.</summary>
    public SslStreamCertificateContext Fallback { get; } = SelfSigned(time);

    /// <param name="problem">Why there is none; empty when all is well.</param>
    public SslStreamCertificateContext? Get(ObjectKey key, Secret? secret, out string problem)
    {
        if (secret is null)
        {
            _made.Remove(key);
            problem = $"the TLS secret {key} does not exist";
            return null;
        }

        if (!_made.TryGetValue(key, out var made) || made.Version != secret.Metadata.ResourceVersion)
        {
            var context = Make(secret, out var why);
            _made[key] = made = (secret.Metadata.ResourceVersion, context, why);
        }
        problem = made.Problem;
        return made.Context;
    }

    private static SslStreamCertificateContext? Make(Secret secret, out string problem)
    {
        var name = $"{secret.Metadata.Namespace}/{secret.Metadata.Name}";
        problem = "";
        if (!secret.Data.TryGetValue("tls.crt", out var certificate) || !secret.Data.TryGetValue("tls.key", out var key))
        {
            problem = $"the TLS secret {name} has no tls.crt or no tls.key";
            return null;
        }

        try
        {
            var pem = Encoding.ASCII.GetString(certificate.Span);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            using var leaf = X509Certificate2.CreateFromPem(pem, Encoding.ASCII.GetString(key.Span));
            // Through PKCS#12: a key that came from PEM alone does not serve every TLS library.
            var usable = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
            if (chain.Count > 0)
                chain.RemoveAt(0);
            return SslStreamCertificateContext.Create(usable, chain, offline: true);
        }
        catch (CryptographicException e)
        {
            problem = $"the TLS secret {name} holds no usable certificate and key: {e.Message}";
            return null;
        }
    }

    private static SslStreamCertificateContext SelfSigned(TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Berth ingress has no certificate for this name", key, HashAlgorithmName.SHA256);
        var now = time.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        return SslStreamCertificateContext.Create(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null), null, offline: true);
    }
}
