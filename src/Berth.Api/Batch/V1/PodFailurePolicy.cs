using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>What failures of pods mean for a Job.</summary>
public sealed partial record PodFailurePolicy
{
    /// <summary>The rules, in their order; 20 at most.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<PodFailurePolicyRule> Rules { get; init; } = [];
}
