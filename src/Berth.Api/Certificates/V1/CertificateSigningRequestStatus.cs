using Berth.Api.Schema;

namespace Berth.Api.Certificates.V1;

public sealed partial record CertificateSigningRequestStatus
{
    [Field(1), ListMap("type")]
    public ApiList<CertificateSigningRequestCondition> Conditions { get; init; } = [];

    [Field(2)]
    public ByteString? Certificate { get; init; }
}
