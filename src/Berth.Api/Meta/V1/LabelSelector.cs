using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

[Atomic]
public sealed partial record LabelSelector
{
    [Field(1)]
    public ApiMap<string> MatchLabels { get; init; } = [];

    [Field(2)]
    public ApiList<LabelSelectorRequirement> MatchExpressions { get; init; } = [];
}
