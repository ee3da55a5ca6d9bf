using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Instance;

namespace Berth.Join;

/// <summary>
/// What a machine joins with: <c>ID.SECRET@sha256:HASH</c>. The first part is a bootstrap token as in Kubernetes; the hash is
/// of the public key of the cluster's authority, so that the machine knows the server that it is sent to.
/// </summary>
/// <param name="Bearer"><c>ID.SECRET</c>.</param>
/// <param name="AuthorityHash">SHA-256 in hexadecimal.</param>
internal sealed record JoinToken(string Bearer, string AuthorityHash)
{
    private const string Separator = "@sha256:";
    private const int HashLength = 64;

    public string Id => Bearer.Split('.')[0];

    /// <exception cref="UserErrorException">It is no such token.</exception>
    public static JoinToken Parse(string text)
    {
        var at = text.IndexOf(Separator, StringComparison.Ordinal);
        var bearer = at < 0 ? text : text[..at];
        if (!ApiServer.Authentication.BootstrapTokenAuthenticator.HasForm(bearer))
            throw Wrong("its first part is not ID.SECRET with 6 and 16 small letters and digits");
        if (at < 0)
            throw Wrong("the hash of the cluster's authority is missing after it");
        var hash = text[(at + Separator.Length)..].ToLowerInvariant();
        if (hash.Length != HashLength || !hash.All(char.IsAsciiHexDigitLower))
            throw Wrong($"what stands after {Separator} is not a hash of {HashLength} hexadecimal digits");
        return new(bearer, hash);

        UserErrorException Wrong(string why) => new($"--token: {why}", "give it whole, as berth token create printed it: ID.SECRET@sha256:HASH");
    }

    public static string HashOf(X509Certificate2 authority) =>
        Convert.ToHexStringLower(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()));

    public override string ToString() => Bearer + Separator + AuthorityHash;
}
