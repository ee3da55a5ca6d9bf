using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Atomic]
public sealed partial record NodeSelector
{
    [Field(1, Always = true, Required = true)]
    public ApiList<NodeSelectorTerm> NodeSelectorTerms { get; init; } = [];
}
