using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>A Job, and when it is made.</summary>
public sealed partial record CronJobSpec
{
    /// <summary>
    /// Minute, hour, day of the month, month and day of the week, as cron writes them; or @hourly, @daily, @weekly, @monthly, @yearly.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public string Schedule { get; init; } = "";

    /// <summary>Seconds that a Job may be late; later it is left out. Below 10 it may be missed. Absent: any time.</summary>
    [Field(2)]
    public long? StartingDeadlineSeconds { get; init; }

    /// <summary>
    /// When a Job is due and the last one still runs: Allow runs both, Forbid leaves it out, Replace ends the old one. Default: Allow.
    /// </summary>
    [Field(3)]
    public string ConcurrencyPolicy { get; init; } = "";

    /// <summary>True makes no more Jobs; those that run go on. Default: false.</summary>
    [Field(4)]
    public bool? Suspend { get; init; }

    /// <summary>The Job to make.</summary>
    [Field(5, Required = true)]
    public JobTemplateSpec JobTemplate { get; init; } = JobTemplateSpec.Empty;

    /// <summary>How many Jobs that succeeded are kept. Default: 3.</summary>
    [Field(6)]
    public int? SuccessfulJobsHistoryLimit { get; init; }

    /// <summary>How many Jobs that failed are kept. Default: 1.</summary>
    [Field(7)]
    public int? FailedJobsHistoryLimit { get; init; }

    /// <summary>Zone in which the schedule is meant, such as Europe/Berlin. Absent: that of the controllers.</summary>
    [Field(8)]
    public string? TimeZone { get; init; }
}
