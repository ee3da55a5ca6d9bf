using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Where a pod may or should run: rules about nodes, and about other pods.</summary>
public sealed partial record Affinity
{
    /// <summary>Rules about the labels and fields of nodes.</summary>
    [Field(1)]
    public NodeAffinity? NodeAffinity { get; init; }

    /// <summary>Rules that bring the pod near other pods.</summary>
    [Field(2)]
    public PodAffinity? PodAffinity { get; init; }

    /// <summary>Rules that keep the pod away from other pods.</summary>
    [Field(3)]
    public PodAntiAffinity? PodAntiAffinity { get; init; }
}
