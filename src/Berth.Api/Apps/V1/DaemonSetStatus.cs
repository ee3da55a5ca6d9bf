using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How many pods a DaemonSet has.</summary>
public sealed partial record DaemonSetStatus
{
    /// <summary>Nodes that should run a pod and do.</summary>
    [Field(1, Always = true, Required = true)]
    public int CurrentNumberScheduled { get; init; }

    /// <summary>Nodes that run a pod and should not.</summary>
    [Field(2, Always = true, Required = true)]
    public int NumberMisscheduled { get; init; }

    /// <summary>Nodes that should run a pod.</summary>
    [Field(3, Always = true, Required = true)]
    public int DesiredNumberScheduled { get; init; }

    /// <summary>Nodes that should run a pod and have one that is ready.</summary>
    [Field(4, Always = true, Required = true)]
    public int NumberReady { get; init; }

    /// <summary>metadata.generation that was last acted on.</summary>
    [Field(5)]
    public long ObservedGeneration { get; init; }

    /// <summary>Nodes that run a pod of the newest template.</summary>
    [Field(6)]
    public int UpdatedNumberScheduled { get; init; }

    /// <summary>Nodes that have a pod which has been ready for minReadySeconds.</summary>
    [Field(7)]
    public int NumberAvailable { get; init; }

    /// <summary>Nodes that should have an available pod and have none.</summary>
    [Field(8)]
    public int NumberUnavailable { get; init; }

    /// <summary>How often the hash of a version met that of another; goes into the hash.</summary>
    [Field(9)]
    public int? CollisionCount { get; init; }

    /// <summary>What is known of the state.</summary>
    [Field(10), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<DaemonSetCondition> Conditions { get; init; } = [];
}
