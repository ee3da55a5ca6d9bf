using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Rules that keep a pod away from other pods.</summary>
public sealed partial record PodAntiAffinity
{
    /// <summary>None of these may hold where the pod is placed. Not looked at again once it runs.</summary>
    [Field(1)]
    public ApiList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; } = [];

    /// <summary>Where these hold is worse than elsewhere, by their weights.</summary>
    [Field(2)]
    public ApiList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}
