using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>How far a Job is.</summary>
public sealed partial record JobStatus
{
    /// <summary>What is known of the state; Complete or Failed when it has ended.</summary>
    [Field(1), PatchStrategy("merge", "type")]
    public ApiList<JobCondition> Conditions { get; init; } = [];

    /// <summary>When work on it began, or began again after it was suspended.</summary>
    [Field(2)]
    public Time? StartTime { get; init; }

    /// <summary>When it succeeded; absent when it failed.</summary>
    [Field(3)]
    public Time? CompletionTime { get; init; }

    /// <summary>Pods that wait or run and are not ending.</summary>
    [Field(4)]
    public int Active { get; init; }

    /// <summary>Pods that have succeeded.</summary>
    [Field(5)]
    public int Succeeded { get; init; }

    /// <summary>Pods that have failed.</summary>
    [Field(6)]
    public int Failed { get; init; }

    /// <summary>Numbers that have succeeded, as 1,3-5,7.</summary>
    [Field(7)]
    public string CompletedIndexes { get; init; } = "";

    /// <summary>Pods that have ended and are not yet counted.</summary>
    [Field(8)]
    public UncountedTerminatedPods? UncountedTerminatedPods { get; init; }

    /// <summary>Pods that are ready and not ending.</summary>
    [Field(9)]
    public int? Ready { get; init; }

    /// <summary>Numbers that have failed for good, as 1,3-5,7. With backoffLimitPerIndex.</summary>
    [Field(10)]
    public string? FailedIndexes { get; init; }

    /// <summary>Pods that are ending.</summary>
    [Field(11)]
    public int? Terminating { get; init; }
}
