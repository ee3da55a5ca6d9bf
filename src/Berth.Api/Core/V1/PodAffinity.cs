using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Rules that bring a pod near other pods.</summary>
public sealed partial record PodAffinity
{
    /// <summary>Each of these must hold for the pod to be placed. Not looked at again once it runs.</summary>
    [Field(1)]
    public ApiList<PodAffinityTerm> RequiredDuringSchedulingIgnoredDuringExecution { get; init; } = [];

    /// <summary>Where these hold is better than elsewhere, by their weights.</summary>
    [Field(2)]
    public ApiList<WeightedPodAffinityTerm> PreferredDuringSchedulingIgnoredDuringExecution { get; init; } = [];
}
