using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>How many pods there are.</summary>
public sealed partial record ReplicationControllerStatus
{
    /// <summary>Pods that there are.</summary>
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
    public ApiList<ReplicationControllerCondition> Conditions { get; init; } = [];
}
