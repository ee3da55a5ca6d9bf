using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>Who asks.</summary>
public sealed partial record SelfSubjectReviewStatus
{
    /// <summary>Name, groups and the rest.</summary>
    [Field(1)]
    public UserInfo UserInfo { get; init; } = UserInfo.Empty;
}
