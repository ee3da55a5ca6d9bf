using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

/// <summary>How fast the number of pods may change.</summary>
public sealed partial record HorizontalPodAutoscalerBehavior
{
    /// <summary>When it grows.</summary>
    [Field(1)]
    public HPAScalingRules? ScaleUp { get; init; }

    /// <summary>When it falls.</summary>
    [Field(2)]
    public HPAScalingRules? ScaleDown { get; init; }
}
