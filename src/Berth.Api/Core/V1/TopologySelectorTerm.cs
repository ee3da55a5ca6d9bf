using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Places in which volumes may be made; all labels must match.</summary>
[Atomic]
public sealed partial record TopologySelectorTerm
{
    /// <summary>The labels.</summary>
    [Field(1)]
    public ApiList<TopologySelectorLabelRequirement> MatchLabelExpressions { get; init; } = [];
}
