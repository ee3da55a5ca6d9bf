using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

public sealed partial record PodDisruptionBudgetSpec
{
    [Field(1)]
    public IntOrString? MinAvailable { get; init; }

    [Field(2), PatchStrategy("replace")]
    public LabelSelector? Selector { get; init; }

    [Field(3)]
    public IntOrString? MaxUnavailable { get; init; }

    [Field(4)]
    public string? UnhealthyPodEvictionPolicy { get; init; }
}
