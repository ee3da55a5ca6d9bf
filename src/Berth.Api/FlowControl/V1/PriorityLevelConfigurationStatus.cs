using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record PriorityLevelConfigurationStatus
{
    [Field(1), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<PriorityLevelConfigurationCondition> Conditions { get; init; } = [];
}
