using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>
/// A choice of objects by their labels: an object is chosen when all of matchLabels and all of matchExpressions hold. An empty selector
/// chooses every object, an absent one none.
/// </summary>
[Atomic]
public sealed partial record LabelSelector
{
    /// <summary>Labels that an object must have, each with exactly this value.</summary>
    [Field(1)]
    public ApiMap<string> MatchLabels { get; init; } = [];

    /// <summary>Further conditions; all must hold.</summary>
    [Field(2)]
    public ApiList<LabelSelectorRequirement> MatchExpressions { get; init; } = [];
}
