using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Limits for a namespace as a whole: what its pods and claims may use together, and how many objects it may have.</summary>
[Kind("", "v1", "ResourceQuota")]
[Resource("resourcequotas", "resourcequota", ShortNames = "quota", Subresources = "status:get,patch,update")]
public sealed partial record ResourceQuota
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The limits.</summary>
    [Field(2)]
    public ResourceQuotaSpec Spec { get; init; } = ResourceQuotaSpec.Empty;

    /// <summary>What is used of them.</summary>
    [Field(3)]
    public ResourceQuotaStatus Status { get; init; } = ResourceQuotaStatus.Empty;
}
