using Berth.Api.Autoscaling.V2;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Autoscaling;

public sealed class HorizontalPodAutoscalerStrategy : SpecAndStatusStrategy<HorizontalPodAutoscaler>
{
    private static readonly MetricSpec s_defaultMetric = new()
    {
        Type = "Resource",
        Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = 80 } },
    };

    public override bool HasGeneration => false;

    public override HorizontalPodAutoscaler Default(HorizontalPodAutoscaler value)
    {
        var spec = value.Spec with
        {
            MinReplicas = value.Spec.MinReplicas ?? 1,
            Metrics = value.Spec.Metrics.IsEmpty ? [s_defaultMetric] : value.Spec.Metrics,
            Behavior = Default(value.Spec.Behavior),
        };
        return spec == value.Spec ? value : value with { Spec = spec };
    }

    public override void Validate(HorizontalPodAutoscaler value, FieldErrors errors) => AutoscalerRules.Validate(errors, FieldPath.Spec, value.Spec);

    protected override HorizontalPodAutoscaler WithoutStatus(HorizontalPodAutoscaler value) => value with { Status = HorizontalPodAutoscalerStatus.Empty };

    protected override HorizontalPodAutoscaler WithStatusOf(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value with { Status = other.Status };

    protected override HorizontalPodAutoscaler WithSpecOf(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value with { Spec = other.Spec };

    protected override bool SameSpec(HorizontalPodAutoscaler value, HorizontalPodAutoscaler other) => value.Spec == other.Spec;

    // Up: at once, to twice the size or four more within 15 s, whichever is more. Down: as far as wanted.
    private static HorizontalPodAutoscalerBehavior? Default(HorizontalPodAutoscalerBehavior? behavior)
    {
        if (behavior is null)
            return null;
        var up = behavior.ScaleUp ?? HPAScalingRules.Empty;
        var down = behavior.ScaleDown ?? HPAScalingRules.Empty;
        return behavior with
        {
            ScaleUp = up with
            {
                StabilizationWindowSeconds = up.StabilizationWindowSeconds ?? 0,
                SelectPolicy = up.SelectPolicy ?? "Max",
                Policies = up.Policies.IsEmpty
                    ? [new() { Type = "Pods", Value = 4, PeriodSeconds = 15 }, new() { Type = "Percent", Value = 100, PeriodSeconds = 15 }]
                    : up.Policies,
            },
            ScaleDown = down with
            {
                SelectPolicy = down.SelectPolicy ?? "Max",
                Policies = down.Policies.IsEmpty ? [new() { Type = "Percent", Value = 100, PeriodSeconds = 15 }] : down.Policies,
            },
        };
    }
}
