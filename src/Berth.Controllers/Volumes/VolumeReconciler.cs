using Berth.Api.Core.V1;

namespace Berth.Controllers.Volumes;

/// <summary>What becomes of a volume, from the claim that it refers to. Pure.</summary>
public static class VolumeReconciler
{
    /// <summary>The phase that the volume should have; null when it is for the claim's reconciliation to say.</summary>
    /// <param name="claim">The claim of the reference's name; null when it does not exist.</param>
    public static string? Phase(PersistentVolume volume, PersistentVolumeClaim? claim)
    {
        if (volume.Spec.ClaimRef is not { Uid.Length: > 0 } reference)
            return "Available";
        if (claim is null || claim.Metadata.Uid != reference.Uid)
            return volume.Status.Phase == "Failed" ? "Failed" : "Released";
        return claim.Spec.VolumeName == volume.Metadata.Name ? "Bound" : null;
    }

    /// <summary>The volume without its reference to a claim that has another volume; null when nothing is to be given back.</summary>
    public static PersistentVolume? Unbound(PersistentVolume volume, PersistentVolumeClaim? claim)
    {
        if (volume.Spec.ClaimRef is not { Uid.Length: > 0 } reference || claim is null || claim.Metadata.Uid != reference.Uid
            || claim.Spec.VolumeName.Length == 0 || claim.Spec.VolumeName == volume.Metadata.Name)
        {
            return null;
        }

        // A reference that a user made is kept, for the next claim of that name.
        return volume.Metadata.Annotations.ContainsKey(ClaimReconciler.BoundByController)
            ? volume with
            {
                Metadata = volume.Metadata with { Annotations = volume.Metadata.Annotations.Without(ClaimReconciler.BoundByController) },
                Spec = volume.Spec with { ClaimRef = null },
            }
            : volume with { Spec = volume.Spec with { ClaimRef = reference with { Uid = "", ResourceVersion = "" } } };
    }
}
