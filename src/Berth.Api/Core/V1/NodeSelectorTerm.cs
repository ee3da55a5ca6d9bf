using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record NodeSelectorTerm
{
    [Field(1)]
    public ApiList<NodeSelectorRequirement> MatchExpressions { get; init; } = [];

    [Field(2)]
    public ApiList<NodeSelectorRequirement> MatchFields { get; init; } = [];
}
