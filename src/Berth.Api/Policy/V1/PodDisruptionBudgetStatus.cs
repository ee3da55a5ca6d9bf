using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

public sealed partial record PodDisruptionBudgetStatus
{
    [Field(1)]
    public long ObservedGeneration { get; init; }

    [Field(2)]
    public ApiMap<Time> DisruptedPods { get; init; } = [];

    [Field(3, Always = true)]
    public int DisruptionsAllowed { get; init; }

    [Field(4, Always = true)]
    public int CurrentHealthy { get; init; }

    [Field(5, Always = true)]
    public int DesiredHealthy { get; init; }

    [Field(6, Always = true)]
    public int ExpectedPods { get; init; }

    [Field(7), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<Condition> Conditions { get; init; } = [];
}
