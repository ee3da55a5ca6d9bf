using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Conditions that must all hold; a term without any holds for no node.</summary>
[Atomic]
public sealed partial record NodeSelectorTerm
{
    /// <summary>Conditions on labels.</summary>
    [Field(1)]
    public ApiList<NodeSelectorRequirement> MatchExpressions { get; init; } = [];

    /// <summary>Conditions on fields; metadata.name with In or NotIn and one value.</summary>
    [Field(2)]
    public ApiList<NodeSelectorRequirement> MatchFields { get; init; } = [];
}
