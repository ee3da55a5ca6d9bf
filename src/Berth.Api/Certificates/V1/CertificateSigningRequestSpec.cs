using Berth.Api.Schema;

namespace Berth.Api.Certificates.V1;

public sealed partial record CertificateSigningRequestSpec
{
    [Field(1, Always = true, Required = true)]
    public ByteString? Request { get; init; }

    [Field(2)]
    public string Username { get; init; } = "";

    [Field(3)]
    public string Uid { get; init; } = "";

    [Field(4)]
    public ApiList<string> Groups { get; init; } = [];

    [Field(5)]
    public ApiList<string> Usages { get; init; } = [];

    [Field(6)]
    public ApiMap<ApiList<string>> Extra { get; init; } = [];

    [Field(7, Always = true, Required = true)]
    public string SignerName { get; init; } = "";

    [Field(8)]
    public int? ExpirationSeconds { get; init; }
}
