using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record ScopeSelector
{
    [Field(1)]
    public ApiList<ScopedResourceSelectorRequirement> MatchExpressions { get; init; } = [];
}
