using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record CronJobSpec
{
    [Field(1, Always = true, Required = true)]
    public string Schedule { get; init; } = "";

    [Field(2)]
    public long? StartingDeadlineSeconds { get; init; }

    [Field(3)]
    public string ConcurrencyPolicy { get; init; } = "";

    [Field(4)]
    public bool? Suspend { get; init; }

    [Field(5, Required = true)]
    public JobTemplateSpec JobTemplate { get; init; } = JobTemplateSpec.Empty;

    [Field(6)]
    public int? SuccessfulJobsHistoryLimit { get; init; }

    [Field(7)]
    public int? FailedJobsHistoryLimit { get; init; }

    [Field(8)]
    public string? TimeZone { get; init; }
}
