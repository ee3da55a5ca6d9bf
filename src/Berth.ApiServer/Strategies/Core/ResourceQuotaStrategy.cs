using Berth.Api.Core.V1;

namespace Berth.ApiServer.Strategies.Core;

public sealed class ResourceQuotaStrategy : SpecAndStatusStrategy<ResourceQuota>
{
    public override bool HasGeneration => false;

    protected override ResourceQuota WithoutStatus(ResourceQuota value) => value with { Status = ResourceQuotaStatus.Empty };

    protected override ResourceQuota WithStatusOf(ResourceQuota value, ResourceQuota other) => value with { Status = other.Status };

    protected override ResourceQuota WithSpecOf(ResourceQuota value, ResourceQuota other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ResourceQuota value, ResourceQuota other) => value.Spec == other.Spec;
}
