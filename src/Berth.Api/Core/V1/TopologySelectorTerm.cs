using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record TopologySelectorTerm
{
    [Field(1)]
    public ApiList<TopologySelectorLabelRequirement> MatchLabelExpressions { get; init; } = [];
}
