using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record HorizontalPodAutoscalerSpec
{
    [Field(1, Required = true)]
    public CrossVersionObjectReference ScaleTargetRef { get; init; } = CrossVersionObjectReference.Empty;

    [Field(2)]
    public int? MinReplicas { get; init; }

    [Field(3, Always = true, Required = true)]
    public int MaxReplicas { get; init; }

    [Field(4)]
    public ApiList<MetricSpec> Metrics { get; init; } = [];

    [Field(5)]
    public HorizontalPodAutoscalerBehavior? Behavior { get; init; }
}
