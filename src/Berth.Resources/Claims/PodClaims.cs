using Berth.Api;
using Berth.Api.Core.V1;
using ResourceClaim = Berth.Api.Resource.V1.ResourceClaim;
using ResourceClaimConsumerReference = Berth.Api.Resource.V1.ResourceClaimConsumerReference;

namespace Berth.Resources.Claims;

/// <summary>Which resource claims a pod uses, and who may use a claim. Pure.</summary>
public static class PodClaims
{
    /// <summary>Kept on a claim while it is allocated.</summary>
    public const string Finalizer = "resource.kubernetes.io/delete-protection";

    /// <summary>On a claim made from a template: the name of the pod's entry that it was made for.</summary>
    public const string EntryAnnotation = "resource.kubernetes.io/pod-claim-name";

    /// <summary>Users of one claim, as the API allows them.</summary>
    public const int UsersMax = 256;

    /// <summary>Null when the pod needs no claim by that entry; empty when the claim has not been made yet.</summary>
    public static string? NameOf(Pod pod, PodResourceClaim entry)
    {
        if (entry.ResourceClaimName is { } named)
            return named;
        var made = pod.Status.ResourceClaimStatuses.FirstOrDefault(s => s.Name == entry.Name);
        return made is null ? "" : made.ResourceClaimName;
    }

    /// <summary>The claims that are known by name, each once.</summary>
    /// <remarks>With the one for extended resources that are devices.</remarks>
    public static IEnumerable<ObjectKey> KeysOf(Pod pod) => pod.Spec.ResourceClaims
        .Select(c => NameOf(pod, c)).Append(pod.Status.ExtendedResourceClaimStatus?.ResourceClaimName).OfType<string>().Where(n => n.Length > 0)
        .Distinct(StringComparer.Ordinal)
        .Select(n => new ObjectKey(pod.Metadata.Namespace, n));

    public static bool IsOwnedBy(ResourceClaim claim, Pod pod) => claim.Metadata.OwnerReferences.Any(o => o.Controller == true && o.Uid == pod.Metadata.Uid);

    public static bool IsReservedFor(ResourceClaim claim, Pod pod) => claim.Status.ReservedFor.Any(r => r.Uid == pod.Metadata.Uid);

    public static ResourceClaimConsumerReference UserOf(Pod pod) => new() { Resource = "pods", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid };

    /// <summary>A pod that will not run, or not again.</summary>
    public static bool IsDone(Pod pod) => pod.Status.Phase is "Succeeded" or "Failed" || (pod.Metadata.DeletionTimestamp is not null && pod.Spec.NodeName.Length == 0);
}
