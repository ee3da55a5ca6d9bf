using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

[Kind("autoscaling", "v1", "Scale")]
public sealed partial record Scale
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public ScaleSpec Spec { get; init; } = ScaleSpec.Empty;

    [Field(3)]
    public ScaleStatus Status { get; init; } = ScaleStatus.Empty;
}
