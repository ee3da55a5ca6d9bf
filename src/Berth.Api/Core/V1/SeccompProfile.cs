using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>System calls that a process may make. type says which.</summary>
public sealed partial record SeccompProfile
{
    /// <summary>Localhost takes the file of localhostProfile, RuntimeDefault the profile of the container runtime, Unconfined allows all.</summary>
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    /// <summary>File of the profile on the node, below the agent's folder for them; for type Localhost alone.</summary>
    [Field(2)]
    public string? LocalhostProfile { get; init; }
}
