using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record TokenRequestStatus
{
    [Field(1, Always = true)]
    public string Token { get; init; } = "";

    [Field(2, Always = true)]
    public Time? ExpirationTimestamp { get; init; }
}
