using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How pods are replaced when the template changes.</summary>
public sealed partial record DeploymentStrategy
{
    /// <summary>RollingUpdate starts new pods and ends old ones in turn; Recreate ends all old ones first. Default: RollingUpdate.</summary>
    [Field(1)]
    public string Type { get; init; } = "";

    /// <summary>How many at a time, for RollingUpdate.</summary>
    [Field(2)]
    public RollingUpdateDeployment? RollingUpdate { get; init; }
}
