using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

/// <summary>A user.</summary>
public sealed partial record UserInfo
{
    /// <summary>Name that is unique among the users who are there now.</summary>
    [Field(1)]
    public string Username { get; init; } = "";

    /// <summary>Id that no other user ever has.</summary>
    [Field(2)]
    public string Uid { get; init; } = "";

    /// <summary>Groups of the user.</summary>
    [Field(3)]
    public ApiList<string> Groups { get; init; } = [];

    /// <summary>Further facts about the user.</summary>
    [Field(4)]
    public ApiMap<ApiList<string>> Extra { get; init; } = [];
}
