using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record NonResourcePolicyRule
{
    [Field(1, Always = true, Required = true), ListSet]
    public ApiList<string> Verbs { get; init; } = [];

    [Field(6, Always = true, Required = true), ListSet]
    public ApiList<string> NonResourceURLs { get; init; } = [];
}
