using Berth.Api.Schema;

namespace Berth.Api.Certificates.V1;

public sealed partial record CertificateSigningRequestCondition
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2)]
    public string Reason { get; init; } = "";

    [Field(3)]
    public string Message { get; init; } = "";

    [Field(4, Always = true)]
    public Time? LastUpdateTime { get; init; }

    [Field(5, Always = true)]
    public Time? LastTransitionTime { get; init; }

    [Field(6, Always = true, Required = true)]
    public string Status { get; init; } = "";
}
