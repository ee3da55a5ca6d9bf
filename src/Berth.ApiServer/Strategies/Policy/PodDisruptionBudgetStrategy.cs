using Berth.Api.Policy.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Policy;

public sealed class PodDisruptionBudgetStrategy : SpecAndStatusStrategy<PodDisruptionBudget>
{

    public override bool AllowsUnconditionalUpdate => false;

    public override void Validate(PodDisruptionBudget value, FieldErrors errors)
    {
        var (spec, path) = (value.Spec, FieldPath.Spec);
        if (spec is { MinAvailable: not null, MaxUnavailable: not null })
            errors.Invalid(path, spec, "minAvailable and maxUnavailable cannot be both set");
        if (spec.MinAvailable is { } min)
        {
            BasicRules.CountOrPercent(errors, path["minAvailable"], min);
            BasicRules.AtMostAllOf(errors, path["minAvailable"], min);
        }

        if (spec.MaxUnavailable is { } max)
        {
            BasicRules.CountOrPercent(errors, path["maxUnavailable"], max);
            BasicRules.AtMostAllOf(errors, path["maxUnavailable"], max);
        }

        SelectorRules.Label(errors, path["selector"], spec.Selector);
        if (spec.UnhealthyPodEvictionPolicy is { } policy)
            BasicRules.OneOf(errors, path["unhealthyPodEvictionPolicy"], policy, "AlwaysAllow", "IfHealthyBudget");
    }

    public override void ValidateStatusUpdate(PodDisruptionBudget value, PodDisruptionBudget old, FieldErrors errors)
    {
        var path = FieldPath.Root["status"];
        BasicRules.NonNegative(errors, path["disruptionsAllowed"], value.Status.DisruptionsAllowed);
        BasicRules.NonNegative(errors, path["currentHealthy"], value.Status.CurrentHealthy);
        BasicRules.NonNegative(errors, path["desiredHealthy"], value.Status.DesiredHealthy);
        BasicRules.NonNegative(errors, path["expectedPods"], value.Status.ExpectedPods);
    }

    protected override PodDisruptionBudget WithoutStatus(PodDisruptionBudget value) => value with { Status = PodDisruptionBudgetStatus.Empty };

    protected override PodDisruptionBudget WithStatusOf(PodDisruptionBudget value, PodDisruptionBudget other) => value with { Status = other.Status };

    protected override PodDisruptionBudget WithSpecOf(PodDisruptionBudget value, PodDisruptionBudget other) => value with { Spec = other.Spec };

    protected override bool SameSpec(PodDisruptionBudget value, PodDisruptionBudget other) => value.Spec == other.Spec;
}
