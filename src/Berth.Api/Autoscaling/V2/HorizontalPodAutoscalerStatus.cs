using Berth.Api.Schema;

namespace Berth.Api.Autoscaling.V2;

public sealed partial record HorizontalPodAutoscalerStatus
{
    [Field(1)]
    public long? ObservedGeneration { get; init; }

    [Field(2)]
    public Time? LastScaleTime { get; init; }

    [Field(3)]
    public int CurrentReplicas { get; init; }

    [Field(4, Always = true, Required = true)]
    public int DesiredReplicas { get; init; }

    [Field(5, Always = true)]
    public ApiList<MetricStatus> CurrentMetrics { get; init; } = [];

    [Field(6), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<HorizontalPodAutoscalerCondition> Conditions { get; init; } = [];
}
