using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PreferredSchedulingTerm
{
    [Field(1, Always = true, Required = true)]
    public int Weight { get; init; }

    [Field(2, Required = true)]
    public NodeSelectorTerm Preference { get; init; } = NodeSelectorTerm.Empty;
}
