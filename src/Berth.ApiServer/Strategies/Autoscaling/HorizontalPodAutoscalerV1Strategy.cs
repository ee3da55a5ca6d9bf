using Berth.Api.Autoscaling.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Autoscaling;

public sealed class HorizontalPodAutoscalerV1Strategy : SpecAndStatusStrategy<HorizontalPodAutoscaler>
{
    public override bool HasGeneration => false;

    public override HorizontalPodAutoscaler Default(HorizontalPodAutoscaler value) => value.Spec.MinReplicas is null
        ? value with { Spec = value.Spec with { MinReplicas = 1 } }
        : value;

    public override void Validate(HorizontalPodAutoscaler value, FieldErrors errors)
    {
        AutoscalerRules.Bounds(errors, FieldPath.Spec, value.Spec.MinReplicas, value.Spec.MaxReplicas);
        AutoscalerRules.Target(errors, FieldPath.Spec["scaleTargetRef"], value.Spec.ScaleTargetRef.ApiVersion, value.Spec.ScaleTargetRef.Kind, value.Spec.ScaleTargetRef.Name);
    }

    protected override HorizontalPodAutoscaler WithoutStatus(HorizontalPodAutoscaler value) => value with { Status = HorizontalPodAutoscalerStatus.Empty };

    protected override HorizontalPodAutoscaler WithStatusOf(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value with { Status = other.Status };

    protected override HorizontalPodAutoscaler WithSpecOf(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value with { Spec = other.Spec };

    protected override bool SameSpec(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value.Spec == other.Spec;
}
