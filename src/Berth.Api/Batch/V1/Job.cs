using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>Runs pods until enough of them have succeeded.</summary>
[Kind("batch", "v1", "Job")]
[Resource("jobs", "job", Categories = "all", Subresources = "status:get,patch,update")]
public sealed partial record Job
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, and what counts as success.</summary>
    [Field(2)]
    public JobSpec Spec { get; init; } = JobSpec.Empty;

    /// <summary>How far it is.</summary>
    [Field(3)]
    public JobStatus Status { get; init; } = JobStatus.Empty;
}
