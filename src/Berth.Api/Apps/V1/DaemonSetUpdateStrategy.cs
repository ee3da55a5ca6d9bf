using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How pods are replaced when the template changes.</summary>
public sealed partial record DaemonSetUpdateStrategy
{
    /// <summary>RollingUpdate replaces them by itself; OnDelete waits until somebody deletes them. Default: RollingUpdate.</summary>
    [Field(1)]
    public string Type { get; init; } = "";

    /// <summary>How many at a time, for RollingUpdate.</summary>
    [Field(2)]
    public RollingUpdateDaemonSet? RollingUpdate { get; init; }
}
