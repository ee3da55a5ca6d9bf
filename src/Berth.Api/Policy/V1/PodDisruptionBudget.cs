using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

[Kind("policy", "v1", "PodDisruptionBudget")]
[Resource("poddisruptionbudgets", "poddisruptionbudget", ShortNames = "pdb", Subresources = "status:get,patch,update")]
public sealed partial record PodDisruptionBudget
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public PodDisruptionBudgetSpec Spec { get; init; } = PodDisruptionBudgetSpec.Empty;

    [Field(3)]
    public PodDisruptionBudgetStatus Status { get; init; } = PodDisruptionBudgetStatus.Empty;
}
