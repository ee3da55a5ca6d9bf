using Berth.Api.Core.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Core;

public sealed class ResourceQuotaStrategy : SpecAndStatusStrategy<ResourceQuota>
{
    public override bool HasGeneration => false;

    public override void Validate(ResourceQuota value, FieldErrors errors) => ResourceQuotaRules.Validate(errors, FieldPath.Spec, value.Spec);

    public override void ValidateUpdate(ResourceQuota value, ResourceQuota old, FieldErrors errors)
    {
        if (!value.Spec.Scopes.ToHashSet().SetEquals(old.Spec.Scopes))
            errors.Invalid("spec.scopes", value.Spec.Scopes, BasicRules.Immutable);
    }

    public override void ValidateStatusUpdate(ResourceQuota value, ResourceQuota old, FieldErrors errors)
    {
        ResourceQuotaRules.Amounts(errors, FieldPath.Root["status"]["hard"], value.Status.Hard);
        ResourceQuotaRules.Amounts(errors, FieldPath.Root["status"]["used"], value.Status.Used);
    }

    protected override ResourceQuota WithoutStatus(ResourceQuota value) => value with { Status = ResourceQuotaStatus.Empty };

    protected override ResourceQuota WithStatusOf(ResourceQuota value, ResourceQuota other) => value with { Status = other.Status };

    protected override ResourceQuota WithSpecOf(ResourceQuota value, ResourceQuota other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ResourceQuota value, ResourceQuota other) => value.Spec == other.Spec;
}
