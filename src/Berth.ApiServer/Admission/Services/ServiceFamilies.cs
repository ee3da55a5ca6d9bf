using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Strategies.Networking;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Admission.Services;

/// <summary>Completes <c>ipFamilies</c> and <c>ipFamilyPolicy</c> in a cluster whose services have IPv4 alone.</summary>
internal static class ServiceFamilies
{
    private const string V4 = "IPv4";
    private const string V6 = "IPv6";

    /// <exception cref="ApiStatusException">The service asks for what the cluster does not have.</exception>
    public static ServiceSpec Complete(Service value, Service? old)
    {
        var spec = value.Spec;
        if (!ServiceFields.NeedsClusterIP(spec))
            return spec;
        var errors = new FieldErrors();
        ServiceRules.Addresses(errors, value, old);
        ThrowIfAny();
        var everywhere = spec.ClusterIP == "None" && spec.Selector.IsEmpty;
        spec = spec with { IpFamilyPolicy = spec.IpFamilyPolicy ?? old?.Spec.IpFamilyPolicy ?? (everywhere ? "RequireDualStack" : "SingleStack") };
        if (spec.IpFamilyPolicy == "SingleStack")
        {
            if (spec.ClusterIPs.Count == 2)
                errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified");
            if (spec.IpFamilies.Count == 2)
                errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
        }

        var families = spec.IpFamilies;
        for (var i = families.Count; i < spec.ClusterIPs.Count && spec.ClusterIPs[i] != "None"; i++)
        {
            if (IpRules.IsV6(spec.ClusterIPs[i]))
                errors.Invalid(FieldPath.Spec["clusterIPs"][i], spec.ClusterIPs, $"{V6} is not configured on this cluster");
            else
                families = families.Add(V4);
        }

        ThrowIfAny();
        if (everywhere)
        {
            // Nothing of the cluster carries its traffic, so it may say that its endpoints have both families.
            if (families.IsEmpty)
                families = [V4];
            if (families.Count == 1 && spec.IpFamilyPolicy != "SingleStack")
                families = families.Add(families[0] == V4 ? V6 : V4);
            return spec with { IpFamilies = families };
        }

        if (spec.IpFamilyPolicy == "RequireDualStack")
            errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "this cluster is not configured for dual-stack services");
        for (var i = 0; i < families.Count; i++)
        {
            if (families[i] != V4)
                errors.Invalid(FieldPath.Spec["ipFamilies"][i], (object)families[i], "not configured on this cluster");
        }

        ThrowIfAny();
        return spec with { IpFamilies = families.IsEmpty ? [V4] : families };

        void ThrowIfAny()
        {
            if (!errors.IsEmpty)
                throw ApiStatusException.Invalid(Service.Kind, value.Metadata.Name, errors);
        }
    }
}
