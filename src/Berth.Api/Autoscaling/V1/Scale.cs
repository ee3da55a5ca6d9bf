using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V1;

/// <summary>How many pods an object should have: its subresource scale.</summary>
[Kind("autoscaling", "v1", "Scale")]
public sealed partial record Scale
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>How many are wanted.</summary>
    [Field(2)]
    public ScaleSpec Spec { get; init; } = ScaleSpec.Empty;

    /// <summary>How many there are.</summary>
    [Field(3)]
    public ScaleStatus Status { get; init; } = ScaleStatus.Empty;
}
