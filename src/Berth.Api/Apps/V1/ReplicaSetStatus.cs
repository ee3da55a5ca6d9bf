using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How many pods a ReplicaSet has.</summary>
public sealed partial record ReplicaSetStatus
{
    /// <summary>Pods that there are, without those that are ending.</summary>
    [Field(1, Always = true, Required = true)]
    public int Replicas { get; init; }

    /// <summary>Pods that have all labels of the template.</summary>
    [Field(2)]
    public int FullyLabeledReplicas { get; init; }

    /// <summary>metadata.generation that was last acted on.</summary>
    [Field(3)]
    public long ObservedGeneration { get; init; }

    /// <summary>Pods that are ready.</summary>
    [Field(4)]
    public int ReadyReplicas { get; init; }

    /// <summary>Pods that have been ready for minReadySeconds.</summary>
    [Field(5)]
    public int AvailableReplicas { get; init; }

    /// <summary>What is known of the state.</summary>
    [Field(6), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<ReplicaSetCondition> Conditions { get; init; } = [];

    /// <summary>Pods that are ending.</summary>
    [Field(7)]
    public int? TerminatingReplicas { get; init; }
}
