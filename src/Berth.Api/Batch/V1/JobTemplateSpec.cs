using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

public sealed partial record JobTemplateSpec
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public JobSpec Spec { get; init; } = JobSpec.Empty;
}
