using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How pods are replaced when the template changes.</summary>
public sealed partial record StatefulSetUpdateStrategy
{
    /// <summary>
    /// RollingUpdate replaces them from the highest number down; OnDelete waits until somebody deletes them. Default: RollingUpdate.
    /// </summary>
    [Field(1)]
    public string Type { get; init; } = "";

    /// <summary>Settings for RollingUpdate.</summary>
    [Field(2)]
    public RollingUpdateStatefulSetStrategy? RollingUpdate { get; init; }
}
