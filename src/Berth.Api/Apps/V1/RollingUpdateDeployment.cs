using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>How many pods of a Deployment are replaced at a time. One of the two must be above 0.</summary>
public sealed partial record RollingUpdateDeployment
{
    /// <summary>Pods that may be missing, as a number or a percentage of replicas, rounded down. Default: 25%.</summary>
    [Field(1)]
    public IntOrString? MaxUnavailable { get; init; }

    /// <summary>Pods that there may be above replicas, as a number or a percentage of them, rounded up. Default: 25%.</summary>
    [Field(2)]
    public IntOrString? MaxSurge { get; init; }
}
