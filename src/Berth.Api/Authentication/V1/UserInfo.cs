using Berth.Api.Schema;

namespace Berth.Api.Authentication.V1;

public sealed partial record UserInfo
{
    [Field(1)]
    public string Username { get; init; } = "";

    [Field(2)]
    public string Uid { get; init; } = "";

    [Field(3)]
    public ApiList<string> Groups { get; init; } = [];

    [Field(4)]
    public ApiMap<ApiList<string>> Extra { get; init; } = [];
}
