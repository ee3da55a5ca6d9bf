using Berth.Api.Schema;

namespace Berth.Api.Certificates.V1;

/// <summary>A request for a certificate. It cannot change.</summary>
public sealed partial record CertificateSigningRequestSpec
{
    /// <summary>The request, PKCS #10 as PEM.</summary>
    [Field(1, Always = true, Required = true)]
    public ByteString? Request { get; init; }

    /// <summary>Who asked. Set by the server.</summary>
    [Field(2)]
    public string Username { get; init; } = "";

    /// <summary>Uid of who asked. Set by the server.</summary>
    [Field(3)]
    public string Uid { get; init; } = "";

    /// <summary>Groups of who asked. Set by the server.</summary>
    [Field(4)]
    public ApiList<string> Groups { get; init; } = [];

    /// <summary>What the certificate may be used for, such as digital signature, key encipherment, client auth, server auth.</summary>
    [Field(5)]
    public ApiList<string> Usages { get; init; } = [];

    /// <summary>Further facts about who asked. Set by the server.</summary>
    [Field(6)]
    public ApiMap<ApiList<string>> Extra { get; init; } = [];

    /// <summary>The signer, such as kubernetes.io/kube-apiserver-client.</summary>
    [Field(7, Always = true, Required = true)]
    public string SignerName { get; init; } = "";

    /// <summary>Seconds that the certificate should be valid, 600 or more; the signer may give another time.</summary>
    [Field(8)]
    public int? ExpirationSeconds { get; init; }
}
