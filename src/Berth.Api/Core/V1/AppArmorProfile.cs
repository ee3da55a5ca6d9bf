using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An AppArmor profile. type says which one.</summary>
public sealed partial record AppArmorProfile
{
    /// <summary>Localhost takes the profile of localhostProfile, RuntimeDefault that of the container runtime, Unconfined none.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>Name of a profile that is loaded on the node; for type Localhost alone.</summary>
    [Field(2)]
    public string? LocalhostProfile { get; init; }
}
