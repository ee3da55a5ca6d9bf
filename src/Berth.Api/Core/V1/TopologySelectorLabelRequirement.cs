using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Values of a label of nodes.</summary>
public sealed partial record TopologySelectorLabelRequirement
{
    /// <summary>Key of the label.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>Values, one of which the node must have.</summary>
    [Field(2, Always = true, Required = true)]
    public ApiList<string> Values { get; init; } = [];
}
