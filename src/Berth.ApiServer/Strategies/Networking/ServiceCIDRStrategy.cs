using Berth.Api.Networking.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Networking;

public sealed class ServiceCIDRStrategy : SpecAndStatusStrategy<ServiceCIDR>
{
    public override bool HasGeneration => false;

    public override void Validate(ServiceCIDR value, FieldErrors errors)
    {
        if (value.Spec.Cidrs.IsEmpty)
            errors.Required("spec.cidrs", "at least one CIDR required");
        if (value.Spec.Cidrs.Count > 2)
            errors.Invalid("spec.cidrs", value.Spec.Cidrs, "may only hold up to 2 values");
        for (var i = 0; i < value.Spec.Cidrs.Count; i++)
            IpRules.Prefix(errors, FieldPath.Spec["cidrs"][i], value.Spec.Cidrs[i]);
    }

    public override void ValidateUpdate(ServiceCIDR value, ServiceCIDR old, FieldErrors errors) =>
        BasicRules.Unchanged(errors, FieldPath.Spec["cidrs"], value.Spec.Cidrs, old.Spec.Cidrs);

    protected override ServiceCIDR WithoutStatus(ServiceCIDR value) => value with { Status = ServiceCIDRStatus.Empty };

    protected override ServiceCIDR WithStatusOf(ServiceCIDR value, ServiceCIDR other) => value with { Status = other.Status };

    protected override ServiceCIDR WithSpecOf(ServiceCIDR value, ServiceCIDR other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ServiceCIDR value, ServiceCIDR other) => value.Spec == other.Spec;
}
