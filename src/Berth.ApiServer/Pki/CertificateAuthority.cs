using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Berth.ApiServer.Pki;

/// <summary>
/// The cluster's certificate authority: an ECDSA P-256 key and a self-signed certificate. It signs server and client
/// certificates and says which certificates are its own. Thread-safe.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string SubjectNamesExtension = "2.5.29.17";
    private const string SubjectName = "CN=berth-ca";

    // Clocks of machines that join may be a little behind.
    private static readonly TimeSpan Backdating = TimeSpan.FromMinutes(5);

    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;
    private readonly TimeSpan _lifetime;

    private CertificateAuthority(X509Certificate2 certificate, TimeSpan lifetime, TimeProvider time)
    {
        _certificate = certificate;
        _lifetime = lifetime;
        _time = time;
        Pem = certificate.ExportCertificatePem() + "\n";
        PublicCertificate = X509CertificateLoader.LoadCertificate(certificate.RawData);
    }

    /// <summary>Without the key.</summary>
    public X509Certificate2 PublicCertificate { get; }

    /// <summary>The certificate as clients are given it.</summary>
    public string Pem { get; }

    /// <summary>SHA-256 of the subject's public key info in hexadecimal: what joining machines pin.</summary>
    public string PublicKeyHash => Convert.ToHexStringLower(SHA256.HashData(_certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Reads ca.key and ca.crt, or makes them when there is no key yet.</summary>
    internal static CertificateAuthority LoadOrCreate(PkiDirectory directory, PkiOptions options, TimeProvider time)
    {
        const string KeyFile = "ca.key", CertificateFile = "ca.crt";
        var keyPem = directory.ReadText(KeyFile);
        var certificatePem = directory.ReadText(CertificateFile);
        if (keyPem is null && certificatePem is not null)
        {
            throw new PkiException(
                directory.PathOf(KeyFile),
                $"is missing, but {CertificateFile} is there",
                $"Restore it from a backup; or, to begin with a new authority, move {directory.PathOf("")} away: all kubeconfigs and nodes must then be set up anew");
        }

        using var key = keyPem is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : LoadKey(directory.PathOf(KeyFile), keyPem);
        if (keyPem is null) directory.Write(KeyFile, key.ExportPkcs8PrivateKeyPem() + "\n");

        // A first start that was cut off between the two files leaves a key alone. The certificate holds nothing that is not
        // in the key, so a new one serves for everything that the key has signed.
        if (certificatePem is null)
        {
            using var made = SelfSign(key, options.AuthorityLifetime, time);
            certificatePem = made.ExportCertificatePem() + "\n";
            directory.Write(CertificateFile, certificatePem);
        }

        return new(Pair(directory.PathOf(CertificateFile), certificatePem, key, time), options.CertificateLifetime, time);
    }

    public X509Certificate2 IssueServer(string commonName, IReadOnlyList<string> organizations, SubjectNames names) =>
        Issue(commonName, organizations, ServerAuthentication, names);

    /// <summary>A certificate that makes its holder the user <paramref name="commonName"/> in the groups <paramref name="organizations"/>.</summary>
    public X509Certificate2 IssueClient(string commonName, IReadOnlyList<string> organizations) =>
        Issue(commonName, organizations, ClientAuthentication, names: null);

    /// <summary>Signs what somebody else asks for: subject, public key and subject names are the request's, all else is decided here.</summary>
    /// <param name="requestPem">A PKCS #10 request in PEM.</param>
    /// <returns>The certificate in PEM. It ends with the authority's own at the latest.</returns>
    /// <exception cref="CryptographicException">The request cannot be read, or was not signed with its own key.</exception>
    public string Sign(string requestPem, bool client, bool server, bool keyEncipherment, TimeSpan lifetime)
    {
        var asked = CertificateRequest.LoadSigningRequestPem(requestPem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        var request = new CertificateRequest(asked.SubjectName, asked.PublicKey, HashAlgorithmName.SHA256);
        var usage = X509KeyUsageFlags.DigitalSignature | (keyEncipherment ? X509KeyUsageFlags.KeyEncipherment : 0);
        var purposes = new OidCollection();
        if (client) purposes.Add(new(ClientAuthentication));
        if (server) purposes.Add(new(ServerAuthentication));
        AddExtensions(request, usage, purposes);
        if (asked.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == SubjectNamesExtension) is { } names)
            request.CertificateExtensions.Add(new X509Extension(names.Oid!, names.RawData, names.Critical));

        var (notBefore, notAfter) = Life(lifetime);
        using var key = _certificate.GetECDsaPrivateKey()!;
        using var signed = request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), notBefore, notAfter, NewSerial());
        return signed.ExportCertificatePem() + "\n";
    }

    /// <summary>Did this authority sign it, whatever its dates and purposes are?</summary>
    public bool HasIssued(X509Certificate2 certificate) =>
        Build(certificate, purpose: null, X509VerificationFlags.IgnoreNotTimeValid, out _);

    /// <summary>May its holder show it as a client, now?</summary>
    /// <param name="problem">Why not; empty when it may.</param>
    public bool VerifyClient(X509Certificate2 certificate, out string problem) =>
        Build(certificate, ClientAuthentication, X509VerificationFlags.NoFlag, out problem);

    public bool VerifyServer(X509Certificate2 certificate, out string problem) =>
        Build(certificate, ServerAuthentication, X509VerificationFlags.NoFlag, out problem);

    /// <summary>A policy under which only this authority's certificates are good: no system trust, no downloads, no revocation lists.</summary>
    public X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = _time.GetUtcNow().UtcDateTime,
            VerificationTimeIgnored = false,
        };
        policy.CustomTrustStore.Add(PublicCertificate);
        return policy;
    }

    public void Dispose()
    {
        _certificate.Dispose();
        PublicCertificate.Dispose();
    }

    private static ECDsa LoadKey(string path, string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new PkiException(path, $"does not hold an elliptic-curve private key in PEM ({e.Message})", "Restore it from a backup; berth never overwrites an authority's key", e);
        }
    }

    private static X509Certificate2 Pair(string path, string pem, ECDsa key, TimeProvider time)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new PkiException(path, $"does not hold a certificate in PEM ({e.Message})", "Restore it from a backup, or delete it: it is then made anew from ca.key", e);
        }

        using (certificate)
        {
            if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
                throw new PkiException(path, "does not belong to the key in ca.key beside it", "Restore the pair from one backup; berth never overwrites either");
            if (certificate.Subject != SubjectName || certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
                throw new PkiException(path, $"was not made by berth (its subject is \"{certificate.Subject}\")", "Name another data directory with --data-dir, or move the directory away");
            if (certificate.NotAfter.ToUniversalTime() <= time.GetUtcNow().UtcDateTime)
            {
                throw new PkiException(
                    path,
                    $"the authority's certificate expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC",
                    "Check the machine's clock; if it is right, delete this file: the authority is then made anew from ca.key, and clients need the new certificate (kubeconfigs are written again)");
            }

            return certificate.CopyWithPrivateKey(key);
        }
    }

    private static X509Certificate2 SelfSign(ECDsa key, TimeSpan lifetime, TimeProvider time)
    {
        var request = new CertificateRequest(SubjectName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = time.GetUtcNow();
        return request.CreateSelfSigned(now - Backdating, now + lifetime);
    }

    private X509Certificate2 Issue(string commonName, IReadOnlyList<string> organizations, string purpose, SubjectNames? names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        foreach (var organization in organizations) subject.AddOrganizationName(organization);
        subject.AddCommonName(commonName);

        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        AddExtensions(request, X509KeyUsageFlags.DigitalSignature, [new(purpose)]);
        if (names is not null) request.CertificateExtensions.Add(names.ToExtension());

        var (notBefore, notAfter) = Life(_lifetime);
        using var signed = request.Create(_certificate, notBefore, notAfter, NewSerial());
        return signed.CopyWithPrivateKey(key);
    }

    private void AddExtensions(CertificateRequest request, X509KeyUsageFlags usage, OidCollection purposes)
    {
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
    }

    private (DateTimeOffset NotBefore, DateTimeOffset NotAfter) Life(TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        var notAfter = now + lifetime;
        return (Max(now - Backdating, _certificate.NotBefore), notAfter > _certificate.NotAfter ? _certificate.NotAfter : notAfter);
    }

    // RFC 5280: positive and at most 20 bytes. 127 random bits do not repeat.
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x40);
        return serial;
    }

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private bool Build(X509Certificate2 certificate, string? purpose, X509VerificationFlags flags, out string problem)
    {
        using var chain = new X509Chain { ChainPolicy = ChainPolicy() };
        chain.ChainPolicy.VerificationFlags = flags;
        if (purpose is not null) chain.ChainPolicy.ApplicationPolicy.Add(new(purpose));
        var good = chain.Build(certificate);
        problem = good ? "" : string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation.Trim()).Distinct());
        return good;
    }
}
