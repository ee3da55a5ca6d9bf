using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record CronJobStatus
{
    [Field(1)]
    public ApiList<ObjectReference> Active { get; init; } = [];

    [Field(4)]
    public Time? LastScheduleTime { get; init; }

    [Field(5)]
    public Time? LastSuccessfulTime { get; init; }
}
