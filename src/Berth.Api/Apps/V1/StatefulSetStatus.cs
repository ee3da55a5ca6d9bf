using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How many pods a StatefulSet has, and how far an update is.</summary>
public sealed partial record StatefulSetStatus
{
    /// <summary>metadata.generation that was last acted on.</summary>
    [Field(1)]
    public long ObservedGeneration { get; init; }

    /// <summary>Pods that there are.</summary>
    [Field(2, Always = true, Required = true)]
    public int Replicas { get; init; }

    /// <summary>Pods that are ready.</summary>
    [Field(3)]
    public int ReadyReplicas { get; init; }

    /// <summary>Pods of the version currentRevision.</summary>
    [Field(4)]
    public int CurrentReplicas { get; init; }

    /// <summary>Pods of the version updateRevision.</summary>
    [Field(5)]
    public int UpdatedReplicas { get; init; }

    /// <summary>Version that pods have which are not yet updated.</summary>
    [Field(6)]
    public string CurrentRevision { get; init; } = "";

    /// <summary>Version that pods have which are updated.</summary>
    [Field(7)]
    public string UpdateRevision { get; init; } = "";

    /// <summary>How often the hash of a version met that of another; goes into the hash.</summary>
    [Field(9)]
    public int? CollisionCount { get; init; }

    /// <summary>What is known of the state.</summary>
    [Field(10), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<StatefulSetCondition> Conditions { get; init; } = [];

    /// <summary>Pods that have been ready for minReadySeconds.</summary>
    [Field(11, Always = true)]
    public int AvailableReplicas { get; init; }
}
