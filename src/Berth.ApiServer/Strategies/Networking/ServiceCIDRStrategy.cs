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
        if (errors.IsEmpty && value.Spec.Cidrs.Count == 2 && IpRules.IsV6(AddressOf(value.Spec.Cidrs[0])) == IpRules.IsV6(AddressOf(value.Spec.Cidrs[1])))
            errors.Invalid("spec.cidrs", value.Spec.Cidrs, "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
    }

    // A range of the other family may be added; nothing else changes.
    public override void ValidateUpdate(ServiceCIDR value, ServiceCIDR old, FieldErrors errors)
    {
        var (cidrs, before) = (value.Spec.Cidrs, old.Spec.Cidrs);
        if (cidrs.Count != before.Count && (cidrs.Count, before.Count) is not (2, 1))
        {
            errors.Invalid("spec.cidrs", cidrs, BasicRules.Immutable);
            return;
        }

        for (var i = 0; i < before.Count; i++)
        {
            if (cidrs[i] != before[i])
                errors.Invalid(FieldPath.Spec["cidrs"][i], (object)cidrs[i], BasicRules.Immutable);
        }
    }

    private static string AddressOf(string cidr) => cidr.Split('/')[0];

    protected override ServiceCIDR WithoutStatus(ServiceCIDR value) => value with { Status = ServiceCIDRStatus.Empty };

    protected override ServiceCIDR WithStatusOf(ServiceCIDR value, ServiceCIDR other) => value with { Status = other.Status };

    protected override ServiceCIDR WithSpecOf(ServiceCIDR value, ServiceCIDR other) => value with { Spec = other.Spec };

    protected override bool SameSpec(ServiceCIDR value, ServiceCIDR other) => value.Spec == other.Spec;
}
