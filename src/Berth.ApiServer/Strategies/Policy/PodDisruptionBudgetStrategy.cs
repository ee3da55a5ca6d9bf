using Berth.Api.Policy.V1;

namespace Berth.ApiServer.Strategies.Policy;

public sealed class PodDisruptionBudgetStrategy : SpecAndStatusStrategy<PodDisruptionBudget>
{
    protected override PodDisruptionBudget WithoutStatus(PodDisruptionBudget value) => value with { Status = PodDisruptionBudgetStatus.Empty };

    protected override PodDisruptionBudget WithStatusOf(PodDisruptionBudget value, PodDisruptionBudget other) => value with { Status = other.Status };

    protected override PodDisruptionBudget WithSpecOf(PodDisruptionBudget value, PodDisruptionBudget other) => value with { Spec = other.Spec };

    protected override bool SameSpec(PodDisruptionBudget value, PodDisruptionBudget other) => value.Spec == other.Spec;
}
