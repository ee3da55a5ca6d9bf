using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One thing said of a node: Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable or another.</summary>
public sealed partial record NodeCondition
{
    /// <summary>Name of the condition, in CamelCase; one of each type.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>True, False or Unknown.</summary>
    [Field(2, Always = true, Required = true)]
    public string Status { get; init; } = "";

    /// <summary>When the node last confirmed it.</summary>
    [Field(3, Always = true)]
    public Time? LastHeartbeatTime { get; init; }

    /// <summary>When the status last changed from one value to another.</summary>
    [Field(4, Always = true)]
    public Time? LastTransitionTime { get; init; }

    /// <summary>Why the condition has this status: one word in CamelCase, for programs.</summary>
    [Field(5)]
    public string Reason { get; init; } = "";

    /// <summary>Why the condition has this status, in words for people.</summary>
    [Field(6)]
    public string Message { get; init; } = "";
}
