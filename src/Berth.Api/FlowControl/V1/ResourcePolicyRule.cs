using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>Requests for resources.</summary>
public sealed partial record ResourcePolicyRule
{
    /// <summary>What is asked, such as get or create; * for all.</summary>
    [Field(1, Always = true, Required = true), ListSet]
    public ApiList<string> Verbs { get; init; } = [];

    /// <summary>API groups; * for all.</summary>
    [Field(2, Always = true, Required = true), ListSet]
    public ApiList<string> ApiGroups { get; init; } = [];

    /// <summary>Resources, as pods or pods/log; * for all.</summary>
    [Field(3, Always = true, Required = true), ListSet]
    public ApiList<string> Resources { get; init; } = [];

    /// <summary>True matches requests without a namespace. Default: false.</summary>
    [Field(4)]
    public bool ClusterScope { get; init; }

    /// <summary>Namespaces; * for all.</summary>
    [Field(5, Always = true), ListSet]
    public ApiList<string> Namespaces { get; init; } = [];
}
