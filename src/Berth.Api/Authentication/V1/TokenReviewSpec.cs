using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record TokenReviewSpec
{
    [Field(1, Required = true)]
    public string Token { get; init; } = "";

    [Field(2)]
    public ApiList<string> Audiences { get; init; } = [];
}
