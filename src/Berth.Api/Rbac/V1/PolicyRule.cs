using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

public sealed partial record PolicyRule
{
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Verbs { get; init; } = [];

    [Field(2)]
    public ApiList<string> ApiGroups { get; init; } = [];

    [Field(3)]
    public ApiList<string> Resources { get; init; } = [];

    [Field(4)]
    public ApiList<string> ResourceNames { get; init; } = [];

    [Field(5)]
    public ApiList<string> NonResourceURLs { get; init; } = [];
}
