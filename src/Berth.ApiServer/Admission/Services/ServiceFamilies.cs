using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Http;
using Berth.ApiServer.Strategies.Networking;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Admission.Services;

/// <summary>Completes <c>ipFamilies</c> and <c>ipFamilyPolicy</c> by what the cluster has. Pure.</summary>
internal static class ServiceFamilies
{
    private const string V4 = "IPv4";
    private const string V6 = "IPv6";
    private const string Single = "SingleStack";
    private const string Prefer = "PreferDualStack";

    /// <param name="cluster">Families of Service addresses, the primary first.</param>
    /// <exception cref="ApiStatusException">The service asks for what the cluster does not have.</exception>
    public static ServiceSpec Complete(Service value, Service? old, IReadOnlyList<string> cluster)
    {
        var spec = value.Spec;
        if (!ServiceFields.NeedsClusterIP(spec) || PrefersWhatItHas(value, old))
            return spec;
        var errors = new FieldErrors();
        ServiceRules.Addresses(errors, value, old);
        ThrowIfAny();
        var everywhere = spec.ClusterIP == "None" && spec.Selector.IsEmpty;
        spec = spec with { IpFamilyPolicy = spec.IpFamilyPolicy ?? old?.Spec.IpFamilyPolicy ?? (everywhere ? "RequireDualStack" : Single) };
        if (old is not null)
            spec = Release(spec, old.Spec, errors);
        if (spec.IpFamilyPolicy == Single)
        {
            if (spec.ClusterIPs.Count == 2)
                errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified");
            if (spec.IpFamilies.Count == 2)
                errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified");
        }

        var families = spec.IpFamilies;
        for (var i = families.Count; i < spec.ClusterIPs.Count && spec.ClusterIPs[i] != "None"; i++)
        {
            var family = IpRules.IsV6(spec.ClusterIPs[i]) ? V6 : V4;
            if (cluster.Contains(family))
                families = families.Add(family);
            else
                errors.Invalid(FieldPath.Spec["clusterIPs"][i], spec.ClusterIPs, $"{family} is not configured on this cluster");
        }

        ThrowIfAny();
        if (everywhere)
        {
            // Nothing of the cluster carries its traffic, so it may say that its endpoints have both families.
            if (families.IsEmpty)
                families = [cluster[0]];
            return spec with { IpFamilies = families.Count == 1 && spec.IpFamilyPolicy != Single ? families.Add(Other(families[0])) : families };
        }

        if (spec.IpFamilyPolicy == "RequireDualStack" && cluster.Count < 2)
            errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "this cluster is not configured for dual-stack services");
        for (var i = 0; i < families.Count; i++)
        {
            if (!cluster.Contains(families[i]))
                errors.Invalid(FieldPath.Spec["ipFamilies"][i], (object)families[i], "not configured on this cluster");
        }

        ThrowIfAny();
        if (families.IsEmpty)
            families = [cluster[0]];
        return spec with { IpFamilies = families.Count == 1 && cluster.Count == 2 && spec.IpFamilyPolicy != Single ? families.Add(Other(families[0])) : families };

        void ThrowIfAny()
        {
            if (!errors.IsEmpty)
                throw ApiStatusException.Invalid(Service.Kind, value.Metadata.Name, errors);
        }
    }

    /// <summary>
    /// Whether the service goes on preferring two families, with the addresses that it has: a cluster that got a second family or lost it
    /// changes nothing about the services that were there.
    /// </summary>
    public static bool PrefersWhatItHas(Service value, Service? old) =>
        old is not null && value.Spec.IpFamilyPolicy == Prefer && (old.Spec.IpFamilyPolicy is null or Prefer) && old.Spec.Type == value.Spec.Type
        && value.Spec.ClusterIPs.Equals(old.Spec.ClusterIPs) && value.Spec.IpFamilies.Equals(old.Spec.IpFamilies);

    // Who asks for a single family and leaves the rest as it was gives up the second one; to leave it out without asking so is refused.
    private static ServiceSpec Release(ServiceSpec spec, ServiceSpec old, FieldErrors errors)
    {
        if (spec.IpFamilyPolicy == Single)
        {
            return spec with
            {
                ClusterIPs = spec.ClusterIPs.Count > 1 && spec.ClusterIPs.Equals(old.ClusterIPs) ? [spec.ClusterIPs[0]] : spec.ClusterIPs,
                IpFamilies = spec.IpFamilies.Count > 1 && spec.IpFamilies.Equals(old.IpFamilies) ? [spec.IpFamilies[0]] : spec.IpFamilies,
            };
        }

        if (!spec.ClusterIPs.IsEmpty && spec.ClusterIPs.Count < old.ClusterIPs.Count)
            errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary cluster IP");
        if (!spec.IpFamilies.IsEmpty && spec.IpFamilies.Count < old.IpFamilies.Count)
            errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "must be 'SingleStack' to release the secondary IP family");
        return spec;
    }

    private static string Other(string family) => family == V4 ? V6 : V4;
}
