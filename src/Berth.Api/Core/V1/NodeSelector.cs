using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A choice of nodes: one of the terms has to hold.</summary>
[Atomic]
public sealed partial record NodeSelector
{
    /// <summary>The terms; at least one.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<NodeSelectorTerm> NodeSelectorTerms { get; init; } = [];
}
