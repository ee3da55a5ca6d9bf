using System.Security.Cryptography.X509Certificates;

namespace Berth.ApiServer.Pki;

/// <summary>
/// A certificate with its key that is made anew, on use, when less than a third of its life remains: long-running
/// processes need no timer for it, only to ask each time. Thread-safe; a certificate that was handed out stays valid.
/// </summary>
public sealed class RenewingCertificate
{
    private readonly Func<X509Certificate2> _issue;
    private readonly TimeProvider _time;
    private readonly Lock _renewal = new();
    private volatile X509Certificate2 _held;

    internal RenewingCertificate(X509Certificate2? current, Func<X509Certificate2> issue, TimeProvider time)
    {
        _issue = issue;
        _time = time;
        _held = current is not null && !IsDue(current, time) ? current : issue();
    }

    /// <summary>With its private key.</summary>
    public X509Certificate2 Current
    {
        get
        {
            var held = _held;
            if (!IsDue(held, _time)) return held;
            lock (_renewal)
            {
                if (IsDue(_held, _time)) _held = _issue();
                return _held;
            }
        }
    }

    public string CertificatePem => Current.ExportCertificatePem() + "\n";

    public string KeyPem => ExportKeyPem(Current);

    internal static string ExportKeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()
            ?? throw new InvalidOperationException($"The certificate {certificate.Subject} has no ECDSA key.");
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    internal static bool IsDue(X509Certificate2 certificate, TimeProvider time)
    {
        var life = certificate.NotAfter.ToUniversalTime() - certificate.NotBefore.ToUniversalTime();
        return certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime < life / 3;
    }
}
