using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>A token.</summary>
public sealed partial record TokenRequestStatus
{
    /// <summary>The token.</summary>
    [Field(1, Always = true)]
    public string Token { get; init; } = "";

    /// <summary>When it ends.</summary>
    [Field(2, Always = true)]
    public Time? ExpirationTimestamp { get; init; }
}
