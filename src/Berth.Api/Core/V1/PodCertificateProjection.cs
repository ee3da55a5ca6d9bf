using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodCertificateProjection
{
    [Field(1, Required = true)]
    public string SignerName { get; init; } = "";

    [Field(2, Required = true)]
    public string KeyType { get; init; } = "";

    [Field(3)]
    public int? MaxExpirationSeconds { get; init; }

    [Field(4)]
    public string CredentialBundlePath { get; init; } = "";

    [Field(5)]
    public string KeyPath { get; init; } = "";

    [Field(6)]
    public string CertificateChainPath { get; init; } = "";

    [Field(7)]
    public ApiMap<string> UserAnnotations { get; init; } = [];
}
