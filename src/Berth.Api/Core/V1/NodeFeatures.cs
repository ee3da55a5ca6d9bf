using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What the container runtime of a node can do for all its handlers.</summary>
public sealed partial record NodeFeatures
{
    /// <summary>True when it heeds supplementalGroupsPolicy.</summary>
    [Field(1)]
    public bool? SupplementalGroupsPolicy { get; init; }
}
