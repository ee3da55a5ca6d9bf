using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A level.</summary>
public sealed partial record PriorityLevelConfigurationReference
{
    /// <summary>Its name.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
