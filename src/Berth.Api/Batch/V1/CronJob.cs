using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>Makes Jobs at given times.</summary>
[Kind("batch", "v1", "CronJob")]
[Resource("cronjobs", "cronjob", ShortNames = "cj", Categories = "all", Subresources = "status:get,patch,update")]
public sealed partial record CronJob
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The Job, and when.</summary>
    [Field(2, Required = true)]
    public CronJobSpec Spec { get; init; } = CronJobSpec.Empty;

    /// <summary>What ran last.</summary>
    [Field(3)]
    public CronJobStatus Status { get; init; } = CronJobStatus.Empty;
}
