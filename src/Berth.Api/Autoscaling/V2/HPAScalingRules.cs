using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record HPAScalingRules
{
    [Field(1)]
    public string? SelectPolicy { get; init; }

    [Field(2)]
    public ApiList<HPAScalingPolicy> Policies { get; init; } = [];

    [Field(3)]
    public int? StabilizationWindowSeconds { get; init; }

    [Field(4)]
    public Quantity? Tolerance { get; init; }
}
