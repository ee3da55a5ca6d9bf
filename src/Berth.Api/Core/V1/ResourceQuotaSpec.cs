using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Limits of a namespace.</summary>
public sealed partial record ResourceQuotaSpec
{
    /// <summary>Most of each: requests.cpu, limits.memory, requests.storage, pods, count/deployments.apps and the like.</summary>
    [Field(1)]
    public ApiMap<Quantity> Hard { get; init; } = [];

    /// <summary>
    /// Counts only objects that match all of these: Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass,
    /// CrossNamespacePodAffinity, VolumeAttributesClass.
    /// </summary>
    [Field(2)]
    public ApiList<string> Scopes { get; init; } = [];

    /// <summary>As scopes, with values to compare.</summary>
    [Field(3)]
    public ScopeSelector? ScopeSelector { get; init; }
}
