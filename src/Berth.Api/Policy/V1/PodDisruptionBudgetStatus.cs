using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Policy.V1;

/// <summary>How many pods may go now.</summary>
public sealed partial record PodDisruptionBudgetStatus
{
    /// <summary>metadata.generation that was last acted on; for older ones no pod is evicted.</summary>
    [Field(1)]
    public long ObservedGeneration { get; init; }

    /// <summary>Pods whose eviction was allowed and that are not yet gone, with the time.</summary>
    [Field(2)]
    public ApiMap<Time> DisruptedPods { get; init; } = [];

    /// <summary>Pods that may go now.</summary>
    [Field(3, Always = true)]
    public int DisruptionsAllowed { get; init; }

    /// <summary>Pods that are healthy.</summary>
    [Field(4, Always = true)]
    public int CurrentHealthy { get; init; }

    /// <summary>Pods that must be healthy.</summary>
    [Field(5, Always = true)]
    public int DesiredHealthy { get; init; }

    /// <summary>Pods that there should be.</summary>
    [Field(6, Always = true)]
    public int ExpectedPods { get; init; }

    /// <summary>What is known of the state.</summary>
    [Field(7), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<Condition> Conditions { get; init; } = [];
}
