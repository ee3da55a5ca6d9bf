using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record SelfSubjectReviewStatus
{
    [Field(1)]
    public UserInfo UserInfo { get; init; } = UserInfo.Empty;
}
