using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record WeightedPodAffinityTerm
{
    [Field(1, Always = true, Required = true)]
    public int Weight { get; init; }

    [Field(2, Required = true)]
    public PodAffinityTerm PodAffinityTerm { get; init; } = PodAffinityTerm.Empty;
}
