using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>A Job that a CronJob makes.</summary>
public sealed partial record JobTemplateSpec
{
    /// <summary>Labels and annotations of the Jobs.</summary>
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The Job.</summary>
    [Field(2)]
    public JobSpec Spec { get; init; } = JobSpec.Empty;
}
