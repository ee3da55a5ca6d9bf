using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

public sealed partial record DaemonSetStatus
{
    [Field(1, Always = true, Required = true)]
    public int CurrentNumberScheduled { get; init; }

    [Field(2, Always = true, Required = true)]
    public int NumberMisscheduled { get; init; }

    [Field(3, Always = true, Required = true)]
    public int DesiredNumberScheduled { get; init; }

    [Field(4, Always = true, Required = true)]
    public int NumberReady { get; init; }

    [Field(5)]
    public long ObservedGeneration { get; init; }

    [Field(6)]
    public int UpdatedNumberScheduled { get; init; }

    [Field(7)]
    public int NumberAvailable { get; init; }

    [Field(8)]
    public int NumberUnavailable { get; init; }

    [Field(9)]
    public int? CollisionCount { get; init; }

    [Field(10), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<DaemonSetCondition> Conditions { get; init; } = [];
}
