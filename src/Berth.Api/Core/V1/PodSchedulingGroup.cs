using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>The group of pods that this one is placed with.</summary>
public sealed partial record PodSchedulingGroup
{
    /// <summary>Name of the PodGroup, in the pod's namespace.</summary>
    [Field(1)]
    public string? PodGroupName { get; init; }
}
