using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>Requests for paths that are no resources.</summary>
public sealed partial record NonResourcePolicyRule
{
    /// <summary>Methods, in lower case; * for all.</summary>
    [Field(1, Always = true, Required = true), ListSet]
    public ApiList<string> Verbs { get; init; } = [];

    /// <summary>Paths; a * behind the last slash stands for the rest, * alone for all.</summary>
    [Field(6, Always = true, Required = true), ListSet]
    public ApiList<string> NonResourceURLs { get; init; } = [];
}
