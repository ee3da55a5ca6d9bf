using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record ResourcePolicyRule
{
    [Field(1, Always = true, Required = true), ListSet]
    public ApiList<string> Verbs { get; init; } = [];

    [Field(2, Always = true, Required = true), ListSet]
    public ApiList<string> ApiGroups { get; init; } = [];

    [Field(3, Always = true, Required = true), ListSet]
    public ApiList<string> Resources { get; init; } = [];

    [Field(4)]
    public bool ClusterScope { get; init; }

    [Field(5, Always = true), ListSet]
    public ApiList<string> Namespaces { get; init; } = [];
}
