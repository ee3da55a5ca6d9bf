using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>The volume of a claim.</summary>
public sealed partial record PersistentVolumeClaimVolumeSource
{
    /// <summary>Name of the claim, in the pod's namespace.</summary>
    [Field(1, Always = true, Required = true)]
    public string ClaimName { get; init; } = "";

    /// <summary>True mounts it without the right to write, in all containers. Default: false.</summary>
    [Field(2)]
    public bool ReadOnly { get; init; }
}
