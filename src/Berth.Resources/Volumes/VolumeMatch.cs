using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Selection;

namespace Berth.Resources.Volumes;

/// <summary>Which volume suits a claim. Pure.</summary>
public static class VolumeMatch
{
    // Before classes were a field they were an annotation; both are still read.
    private const string ClassAnnotation = "volume.beta.kubernetes.io/storage-class";

    public static string ClassOf(PersistentVolumeClaim claim) => claim.Metadata.Annotations.GetOr(ClassAnnotation) ?? claim.Spec.StorageClassName ?? "";

    public static string ClassOf(PersistentVolume volume) => volume.Metadata.Annotations.GetOr(ClassAnnotation) ?? volume.Spec.StorageClassName;

    /// <summary>
    /// The volume to bind: one that was made for this claim, else the smallest that has all that the claim asks for. Null
    /// when there is none.
    /// </summary>
    /// <param name="reservedOnly">Takes none but those that refer to the claim: for claims that wait for a pod's node.</param>
    public static PersistentVolume? Best(PersistentVolumeClaim claim, IEnumerable<PersistentVolume> volumes, bool reservedOnly = false)
    {
        var selector = claim.Spec.Selector is { } wanted ? LabelSelectors.Compile(wanted) : Selector.Everything;
        PersistentVolume? best = null;
        foreach (var volume in volumes.Where(v => v.Metadata.DeletionTimestamp is null))
        {
            if (volume.Spec.ClaimRef is not null)
            {
                // Whoever reserved the volume for the claim knows better than labels and sizes do.
                if (IsFor(volume, claim) && Misfit(claim, volume) is null)
                    return volume;
                continue;
            }

            if (reservedOnly || volume.Status.Phase is "Released" or "Failed" || Misfit(claim, volume) is not null || !selector.Matches(volume))
                continue;
            if (best is null || Compare(volume, best) < 0)
                best = volume;
        }

        return best;
    }

    /// <summary>True when the volume's reference is to this claim, or to whichever claim has its name.</summary>
    public static bool IsFor(PersistentVolume volume, PersistentVolumeClaim claim) =>
        volume.Spec.ClaimRef is { } reference && reference.Name == claim.Metadata.Name && reference.Namespace == claim.Metadata.Namespace
        && (reference.Uid.Length == 0 || reference.Uid == claim.Metadata.Uid);

    /// <summary>What of the volume does not suit the claim, in the words of Kubernetes; null when all does.</summary>
    public static string? Misfit(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        if (Capacity(volume) < claim.Spec.Resources.Requests.GetOr("storage"))
            return "requested PV is too small";
        if (ClassOf(volume) != ClassOf(claim))
            return "storageClassName does not match";
        if ((volume.Spec.VolumeMode ?? "Filesystem") != (claim.Spec.VolumeMode ?? "Filesystem"))
            return "incompatible volumeMode";
        if ((volume.Spec.VolumeAttributesClassName ?? "") != (claim.Spec.VolumeAttributesClassName ?? ""))
            return "volumeAttributesClassName does not match";
        return claim.Spec.AccessModes.All(m => volume.Spec.AccessModes.Contains(m)) ? null : "incompatible accessMode";
    }

    private static int Compare(PersistentVolume a, PersistentVolume b)
    {
        var bySize = Capacity(a).CompareTo(Capacity(b));
        return bySize != 0 ? bySize : string.CompareOrdinal(a.Metadata.Name, b.Metadata.Name);
    }

    public static Quantity Capacity(PersistentVolume volume) => volume.Spec.Capacity.GetOr("storage");
}
