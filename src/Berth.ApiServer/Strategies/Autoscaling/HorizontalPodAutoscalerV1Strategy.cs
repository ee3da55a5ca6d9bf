using Berth.Api.Autoscaling.V1;

namespace Berth.ApiServer.Strategies.Autoscaling;

public sealed class HorizontalPodAutoscalerV1Strategy : SpecAndStatusStrategy<HorizontalPodAutoscaler>
{
    public override bool HasGeneration => false;

    public override HorizontalPodAutoscaler Default(HorizontalPodAutoscaler value) => value.Spec.MinReplicas is null
        ? value with { Spec = value.Spec with { MinReplicas = 1 } }
        : value;

    protected override HorizontalPodAutoscaler WithoutStatus(HorizontalPodAutoscaler value) => value with { Status = HorizontalPodAutoscalerStatus.Empty };

    protected override HorizontalPodAutoscaler WithStatusOf(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value with { Status = other.Status };

    protected override HorizontalPodAutoscaler WithSpecOf(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value with { Spec = other.Spec };

    protected override bool SameSpec(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value.Spec == other.Spec;
}
