using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record NonResourcePolicyRule
{
    [Field(1, Required = true), ListSet]
    public ApiList<string> Verbs { get; init; } = [];

    [Field(6, Required = true), ListSet]
    public ApiList<string> NonResourceURLs { get; init; } = [];
}
