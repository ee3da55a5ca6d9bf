using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>One thing said of a level.</summary>
public sealed partial record PriorityLevelConfigurationCondition
{
    /// <summary>Name of the condition, in CamelCase; one of each type.</summary>
    [Field(1)]
    public string Type { get; init; } = "";

    /// <summary>True, False or Unknown.</summary>
    [Field(2)]
    public string Status { get; init; } = "";

    /// <summary>When the status last changed from one value to another.</summary>
    [Field(3, Always = true)]
    public Time? LastTransitionTime { get; init; }

    /// <summary>Why the condition has this status: one word in CamelCase, for programs.</summary>
    [Field(4)]
    public string Reason { get; init; } = "";

    /// <summary>Why the condition has this status, in words for people.</summary>
    [Field(5)]
    public string Message { get; init; } = "";
}
