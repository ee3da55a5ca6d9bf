using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>What a CronJob ran last.</summary>
public sealed partial record CronJobStatus
{
    /// <summary>Jobs that run now.</summary>
    [Field(1)]
    public ApiList<ObjectReference> Active { get; init; } = [];

    /// <summary>When a Job was last made.</summary>
    [Field(4)]
    public Time? LastScheduleTime { get; init; }

    /// <summary>When a Job last succeeded.</summary>
    [Field(5)]
    public Time? LastSuccessfulTime { get; init; }
}
