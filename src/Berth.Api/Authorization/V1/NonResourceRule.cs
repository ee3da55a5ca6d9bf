using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record NonResourceRule
{
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Verbs { get; init; } = [];

    [Field(2)]
    public ApiList<string> NonResourceURLs { get; init; } = [];
}
