using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>Whose a token is.</summary>
public sealed partial record TokenReviewStatus
{
    /// <summary>True when it is valid.</summary>
    [Field(1)]
    public bool Authenticated { get; init; }

    /// <summary>Whose it is.</summary>
    [Field(2)]
    public UserInfo User { get; init; } = UserInfo.Empty;

    /// <summary>Why it could not be checked.</summary>
    [Field(3)]
    public string Error { get; init; } = "";

    /// <summary>Those of the audiences asked for that it is for.</summary>
    [Field(4)]
    public ApiList<string> Audiences { get; init; } = [];
}
