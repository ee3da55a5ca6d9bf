namespace Berth.Controllers.CertificateSigning;

/// <summary>What a certificate is for, once somebody has decided that it may be made.</summary>
public sealed record CertificatePurpose(bool Client, bool Server, bool KeyEncipherment);

/// <summary>Holds the authority's key. The controller decides what is signed; this signs.</summary>
public interface ICertificateSigner
{
    /// <returns>The certificate in PEM.</returns>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The request cannot be read.</exception>
    string Sign(string requestPem, CertificatePurpose purpose, TimeSpan lifetime);
}
