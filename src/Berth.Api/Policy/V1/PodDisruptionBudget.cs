using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

/// <summary>How many pods of a set must stay when nodes are drained and pods evicted.</summary>
[Kind("policy", "v1", "PodDisruptionBudget")]
[Resource("poddisruptionbudgets", "poddisruptionbudget", ShortNames = "pdb", Subresources = "status:get,patch,update")]
public sealed partial record PodDisruptionBudget
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, and how many.</summary>
    [Field(2)]
    public PodDisruptionBudgetSpec Spec { get; init; } = PodDisruptionBudgetSpec.Empty;

    /// <summary>How many may go now.</summary>
    [Field(3)]
    public PodDisruptionBudgetStatus Status { get; init; } = PodDisruptionBudgetStatus.Empty;
}
