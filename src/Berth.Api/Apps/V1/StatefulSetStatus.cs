using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record StatefulSetStatus
{
    [Field(1)]
    public long ObservedGeneration { get; init; }

    [Field(2, Always = true, Required = true)]
    public int Replicas { get; init; }

    [Field(3)]
    public int ReadyReplicas { get; init; }

    [Field(4)]
    public int CurrentReplicas { get; init; }

    [Field(5)]
    public int UpdatedReplicas { get; init; }

    [Field(6)]
    public string CurrentRevision { get; init; } = "";

    [Field(7)]
    public string UpdateRevision { get; init; } = "";

    [Field(9)]
    public int? CollisionCount { get; init; }

    [Field(10), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<StatefulSetCondition> Conditions { get; init; } = [];

    [Field(11, Always = true)]
    public int AvailableReplicas { get; init; }
}
