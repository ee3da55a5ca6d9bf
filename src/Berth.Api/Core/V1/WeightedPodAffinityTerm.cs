using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A rule about other pods that counts by its weight.</summary>
public sealed partial record WeightedPodAffinityTerm
{
    /// <summary>How much, from 1 to 100.</summary>
    [Field(1, Always = true, Required = true)]
    public int Weight { get; init; }

    /// <summary>The rule.</summary>
    [Field(2, Required = true)]
    public PodAffinityTerm PodAffinityTerm { get; init; } = PodAffinityTerm.Empty;
}
