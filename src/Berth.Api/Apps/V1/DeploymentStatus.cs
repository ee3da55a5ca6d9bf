using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How many pods a Deployment has, and how far an update is.</summary>
public sealed partial record DeploymentStatus
{
    /// <summary>metadata.generation that was last acted on.</summary>
    [Field(1)]
    public long ObservedGeneration { get; init; }

    /// <summary>Pods that there are, old and new, without those that are ending.</summary>
    [Field(2)]
    public int Replicas { get; init; }

    /// <summary>Pods of the newest template.</summary>
    [Field(3)]
    public int UpdatedReplicas { get; init; }

    /// <summary>Pods that have been ready for minReadySeconds.</summary>
    [Field(4)]
    public int AvailableReplicas { get; init; }

    /// <summary>Pods that are missing for all wanted ones to be available.</summary>
    [Field(5)]
    public int UnavailableReplicas { get; init; }

    /// <summary>What is known of the state.</summary>
    [Field(6), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<DeploymentCondition> Conditions { get; init; } = [];

    /// <summary>Pods that are ready.</summary>
    [Field(7)]
    public int ReadyReplicas { get; init; }

    /// <summary>How often the hash of a template met that of another; goes into the hash.</summary>
    [Field(8)]
    public int? CollisionCount { get; init; }

    /// <summary>Pods that are ending.</summary>
    [Field(9)]
    public int? TerminatingReplicas { get; init; }
}
