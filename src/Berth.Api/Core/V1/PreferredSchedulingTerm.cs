using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Nodes that are better than others.</summary>
public sealed partial record PreferredSchedulingTerm
{
    /// <summary>By how much, from 1 to 100.</summary>
    [Field(1, Always = true, Required = true)]
    public int Weight { get; init; }

    /// <summary>The nodes.</summary>
    [Field(2, Required = true)]
    public NodeSelectorTerm Preference { get; init; } = NodeSelectorTerm.Empty;
}
