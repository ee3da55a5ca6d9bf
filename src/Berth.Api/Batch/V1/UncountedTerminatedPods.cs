using Berth.Api.Schema;

namespace Berth.Api.Batch.V1;

/// <summary>Pods that have ended and are not yet counted.</summary>
public sealed partial record UncountedTerminatedPods
{
    /// <summary>Uids of those that succeeded.</summary>
    [Field(1), ListSet]
    public ApiList<string> Succeeded { get; init; } = [];

    /// <summary>Uids of those that failed.</summary>
    [Field(2), ListSet]
    public ApiList<string> Failed { get; init; } = [];
}
