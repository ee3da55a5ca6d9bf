using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Resource.V1;
using Berth.Resources.Claims;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;

namespace Berth.Controllers.DeviceClaims;

/// <summary>Claims that are made from templates for pods. Pure.</summary>
public static class PodClaimPlan
{
    // A name has 63 characters, of which the server adds a hyphen and five.
    private const int BaseLengthMax = 57;

    /// <summary>The claim to make for a pod's entry.</summary>
    public static ResourceClaim FromTemplate(Pod pod, PodResourceClaim entry, ResourceClaimTemplate template) => new()
    {
        Metadata = new ObjectMeta
        {
            GenerateName = BaseName(pod.Metadata.Name, entry.Name),
            Namespace = pod.Metadata.Namespace,
            Labels = template.Spec.Metadata.Labels,
            Annotations = template.Spec.Metadata.Annotations.With(PodClaims.EntryAnnotation, entry.Name),
            OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid, Controller = true }],
        },
        Spec = template.Spec.Spec,
    };

    /// <summary>The claim that was made for a pod's entry already; null for none.</summary>
    public static ResourceClaim? Made(Pod pod, PodResourceClaim entry, IEnumerable<ResourceClaim> claims) => claims
        .Where(c => c.Metadata.Annotations.GetOr(PodClaims.EntryAnnotation) == entry.Name && PodClaims.IsOwnedBy(c, pod))
        .MinBy(c => c.Metadata.Name, StringComparer.Ordinal);

    // Both parts are shortened by the same ratio, so that something of each remains.
    private static string BaseName(string pod, string entry)
    {
        var whole = $"{pod}-{entry}-";
        return whole.Length <= BaseLengthMax
            ? whole
            : $"{pod[..(pod.Length * BaseLengthMax / whole.Length)]}-{entry[..(entry.Length * BaseLengthMax / whole.Length)]}";
    }
}
