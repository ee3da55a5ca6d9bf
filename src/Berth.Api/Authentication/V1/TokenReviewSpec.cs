using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>A token.</summary>
public sealed partial record TokenReviewSpec
{
    /// <summary>The token.</summary>
    [Field(1, Required = true)]
    public string Token { get; init; } = "";

    /// <summary>Who the one that asks is; the token must be for one of them. Default: the API server.</summary>
    [Field(2)]
    public ApiList<string> Audiences { get; init; } = [];
}
