using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record PriorityLevelConfigurationCondition
{
    [Field(1)]
    public string Type { get; init; } = "";

    [Field(2)]
    public string Status { get; init; } = "";

    [Field(3, Always = true)]
    public Time? LastTransitionTime { get; init; }

    [Field(4)]
    public string Reason { get; init; } = "";

    [Field(5)]
    public string Message { get; init; } = "";
}
