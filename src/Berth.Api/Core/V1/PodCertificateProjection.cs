using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A key and a certificate for the pod, issued by a signer and renewed in time.</summary>
public sealed partial record PodCertificateProjection
{
    /// <summary>The signer.</summary>
    [Field(1, Required = true)]
    public string SignerName { get; init; } = "";

    /// <summary>RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 or ED25519.</summary>
    [Field(2, Required = true)]
    public string KeyType { get; init; } = "";

    /// <summary>Longest time that the certificate may be valid, from 3600 to 7862400 seconds. Default: 86400.</summary>
    [Field(3)]
    public int? MaxExpirationSeconds { get; init; }

    /// <summary>File that gets the key and the certificates together, as PEM.</summary>
    [Field(4)]
    public string CredentialBundlePath { get; init; } = "";

    /// <summary>File that gets the key.</summary>
    [Field(5)]
    public string KeyPath { get; init; } = "";

    /// <summary>File that gets the certificates.</summary>
    [Field(6)]
    public string CertificateChainPath { get; init; } = "";

    /// <summary>Further words for the signer.</summary>
    [Field(7)]
    public ApiMap<string> UserAnnotations { get; init; } = [];
}
