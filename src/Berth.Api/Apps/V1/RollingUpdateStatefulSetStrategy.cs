using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How pods of a StatefulSet are replaced.</summary>
public sealed partial record RollingUpdateStatefulSetStrategy
{
    /// <summary>Pods with a number below this keep the old template. Default: 0.</summary>
    [Field(1)]
    public int? Partition { get; init; }

    /// <summary>Pods that may be missing during an update, as a number or a percentage of replicas, rounded up. Default: 1.</summary>
    [Field(2)]
    public IntOrString? MaxUnavailable { get; init; }
}
