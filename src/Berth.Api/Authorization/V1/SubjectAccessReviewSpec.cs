using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record SubjectAccessReviewSpec
{
    [Field(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    [Field(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }

    [Field(3)]
    public string User { get; init; } = "";

    [Field(4)]
    public ApiList<string> Groups { get; init; } = [];

    [Field(5)]
    public ApiMap<ApiList<string>> Extra { get; init; } = [];

    [Field(6)]
    public string Uid { get; init; } = "";
}
