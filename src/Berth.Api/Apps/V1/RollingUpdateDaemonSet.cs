using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How many pods of a DaemonSet are replaced at a time. One of the two must be above 0.</summary>
public sealed partial record RollingUpdateDaemonSet
{
    /// <summary>Nodes that may be without an available pod, as a number or a percentage of all. Default: 1.</summary>
    [Field(1)]
    public IntOrString? MaxUnavailable { get; init; }

    /// <summary>Nodes that may have an old and a new pod at once, as a number or a percentage of all. Default: 0.</summary>
    [Field(2)]
    public IntOrString? MaxSurge { get; init; }
}
