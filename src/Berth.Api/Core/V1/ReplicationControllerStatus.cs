using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ReplicationControllerStatus
{
    [Field(1, Always = true, Required = true)]
    public int Replicas { get; init; }

    [Field(2)]
    public int FullyLabeledReplicas { get; init; }

    [Field(3)]
    public long ObservedGeneration { get; init; }

    [Field(4)]
    public int ReadyReplicas { get; init; }

    [Field(5)]
    public int AvailableReplicas { get; init; }

    [Field(6), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<ReplicationControllerCondition> Conditions { get; init; } = [];
}
