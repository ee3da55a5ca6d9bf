using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>State of a level.</summary>
public sealed partial record PriorityLevelConfigurationStatus
{
    /// <summary>What is known of the state.</summary>
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<PriorityLevelConfigurationCondition> Conditions { get; init; } = [];
}
