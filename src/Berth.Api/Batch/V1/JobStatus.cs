using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record JobStatus
{
    [Field(1), PatchStrategy("merge", "type")]
    public ApiList<JobCondition> Conditions { get; init; } = [];

    [Field(2)]
    public Time? StartTime { get; init; }

    [Field(3)]
    public Time? CompletionTime { get; init; }

    [Field(4)]
    public int Active { get; init; }

    [Field(5)]
    public int Succeeded { get; init; }

    [Field(6)]
    public int Failed { get; init; }

    [Field(7)]
    public string CompletedIndexes { get; init; } = "";

    [Field(8)]
    public UncountedTerminatedPods? UncountedTerminatedPods { get; init; }

    [Field(9)]
    public int? Ready { get; init; }

    [Field(10)]
    public string? FailedIndexes { get; init; }

    [Field(11)]
    public int? Terminating { get; init; }
}
