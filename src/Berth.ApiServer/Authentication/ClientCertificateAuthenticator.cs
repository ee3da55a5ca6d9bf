using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.ApiServer.Pki;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Authentication;

/// <summary>
/// Judges TLS client certificates: signed by the cluster's authority for client authentication, in date. Its common name
/// is the user, its organizations are the groups. The verdict is kept with the connection; only the dates are looked at
/// again per request. Thread-safe.
/// </summary>
public sealed class ClientCertificateAuthenticator(CertificateAuthority authority, TimeProvider time)
{
    // A connection hands out one certificate object as long as it lives.
    private readonly ConditionalWeakTable<X509Certificate2, Verdict> _verdicts = [];

    /// <summary><see cref="AuthenticationResult.Anonymous"/> when the connection has no client certificate.</summary>
    public AuthenticationResult Authenticate(HttpContext context) =>
        context.Connection.ClientCertificate is { } certificate ? Authenticate(certificate) : AuthenticationResult.Anonymous.Instance;

    public AuthenticationResult Authenticate(X509Certificate2 certificate) =>
        _verdicts.GetValue(certificate, Judge).At(time.GetUtcNow());

    private Verdict Judge(X509Certificate2 certificate)
    {
        if (!authority.VerifyClient(certificate, out var problem))
            return new(new AuthenticationResult.Refused($"client certificate \"{certificate.Subject}\": {problem}"), DateTimeOffset.MaxValue);

        var (name, groups) = CertificateSubject.Read(certificate.SubjectName);
        if (name.Length == 0)
            return new(new AuthenticationResult.Refused("client certificate: its subject has no common name"), DateTimeOffset.MaxValue);

        // The fingerprint lets audit logs tell two certificates of one user apart.
        var extra = ImmutableDictionary<string, ImmutableArray<string>>.Empty.Add(
            "authentication.kubernetes.io/credential-id",
            ["X509SHA256=" + certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()]);
        if (!groups.Contains(UserInfo.AuthenticatedGroup)) groups = groups.Add(UserInfo.AuthenticatedGroup);
        return new(
            new AuthenticationResult.Authenticated(new UserInfo(name, "", groups, extra), []),
            new DateTimeOffset(certificate.NotAfter.ToUniversalTime(), TimeSpan.Zero));
    }

    private sealed class Verdict(AuthenticationResult result, DateTimeOffset notAfter)
    {
        public AuthenticationResult At(DateTimeOffset now) =>
            now <= notAfter ? result : new AuthenticationResult.Refused($"client certificate: it expired on {notAfter:yyyy-MM-dd HH:mm} UTC");
    }
}
