using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodAffinity
{
    [Field(1)]
    public ApiList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; } = [];

    [Field(2)]
    public ApiList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}
