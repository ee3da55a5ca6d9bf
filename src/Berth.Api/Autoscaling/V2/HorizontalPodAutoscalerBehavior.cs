using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record HorizontalPodAutoscalerBehavior
{
    [Field(1)]
    public HPAScalingRules? ScaleUp { get; init; }

    [Field(2)]
    public HPAScalingRules? ScaleDown { get; init; }
}
