using Berth.Api.Schema;

namespace Berth.Api.Certificates.V1;

/// <summary>What came of a request.</summary>
public sealed partial record CertificateSigningRequestStatus
{
    /// <summary>Decisions about it.</summary>
    [Field(1), ListMap("type")]
    public ApiList<CertificateSigningRequestCondition> Conditions { get; init; } = [];

    /// <summary>The certificate, with those of authorities behind it if need be, as PEM.</summary>
    [Field(2)]
    public ByteString? Certificate { get; init; }
}
