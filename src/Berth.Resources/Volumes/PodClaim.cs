using Berth.Api;
using Berth.Api.Core.V1;

namespace Berth.Resources.Volumes;

/// <summary>A claim that one of a pod's volumes uses.</summary>
/// <param name="Volume">The volume's name in the pod.</param>
/// <param name="Ephemeral">Made from the pod's own template, and the pod's alone.</param>
/// <param name="ReadOnly">Whatever the containers ask for.</param>
public readonly record struct PodClaim(string Volume, ObjectKey Key, bool Ephemeral, bool ReadOnly)
{
    /// <summary>In the order of the pod's volumes.</summary>
    public static IEnumerable<PodClaim> Of(Pod pod)
    {
        foreach (var volume in pod.Spec.Volumes)
        {
            if (volume.PersistentVolumeClaim is { } claim)
                yield return new PodClaim(volume.Name, new ObjectKey(pod.Metadata.Namespace, claim.ClaimName), false, claim.ReadOnly);
            else if (volume.Ephemeral is not null)
                yield return new PodClaim(volume.Name, new ObjectKey(pod.Metadata.Namespace, EphemeralName(pod, volume)), true, false);
        }
    }

    /// <summary>Name of the claim of a generic ephemeral volume.</summary>
    public static string EphemeralName(Pod pod, Volume volume) => $"{pod.Metadata.Name}-{volume.Name}";

    /// <summary>A claim of that name that somebody else made must never be used in an ephemeral volume's place: its data is not the pod's.</summary>
    public static bool IsOwnedBy(PersistentVolumeClaim claim, Pod pod) =>
        claim.Metadata.OwnerReferences.Any(o => o.Controller == true && o.Uid == pod.Metadata.Uid);
}
