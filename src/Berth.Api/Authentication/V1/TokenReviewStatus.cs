using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record TokenReviewStatus
{
    [Field(1)]
    public bool Authenticated { get; init; }

    [Field(2)]
    public UserInfo User { get; init; } = UserInfo.Empty;

    [Field(3)]
    public string Error { get; init; } = "";

    [Field(4)]
    public ApiList<string> Audiences { get; init; } = [];
}
