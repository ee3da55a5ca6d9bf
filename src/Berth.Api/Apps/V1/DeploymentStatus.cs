using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record DeploymentStatus
{
    [Field(1)]
    public long ObservedGeneration { get; init; }

    [Field(2)]
    public int Replicas { get; init; }

    [Field(3)]
    public int UpdatedReplicas { get; init; }

    [Field(4)]
    public int AvailableReplicas { get; init; }

    [Field(5)]
    public int UnavailableReplicas { get; init; }

    [Field(6), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<DeploymentCondition> Conditions { get; init; } = [];

    [Field(7)]
    public int ReadyReplicas { get; init; }

    [Field(8)]
    public int? CollisionCount { get; init; }

    [Field(9)]
    public int? TerminatingReplicas { get; init; }
}
