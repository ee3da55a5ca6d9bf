using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "ResourceQuota")]
[Resource("resourcequotas", "resourcequota", ShortNames = "quota", Subresources = "status:get,patch,update")]
public sealed partial record ResourceQuota
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public ResourceQuotaSpec Spec { get; init; } = ResourceQuotaSpec.Empty;

    [Field(3)]
    public ResourceQuotaStatus Status { get; init; } = ResourceQuotaStatus.Empty;
}
