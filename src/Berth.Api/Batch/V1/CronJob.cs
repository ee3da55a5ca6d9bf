using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

[Kind("batch", "v1", "CronJob")]
[Resource("cronjobs", "cronjob", ShortNames = "cj", Categories = "all", Subresources = "status:get,patch,update")]
public sealed partial record CronJob
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public CronJobSpec Spec { get; init; } = CronJobSpec.Empty;

    [Field(3)]
    public CronJobStatus Status { get; init; } = CronJobStatus.Empty;
}
