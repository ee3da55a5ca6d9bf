using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A choice of objects by scopes; all must match.</summary>
[Atomic]
public sealed partial record ScopeSelector
{
    /// <summary>The scopes.</summary>
    [Field(1)]
    public ApiList<ScopedResourceSelectorRequirement> MatchExpressions { get; init; } = [];
}
