using Berth.Api.Core.V1;
using Berth.Resources.Volumes;

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
        // A failed attempt at reclaiming stands until somebody changes the volume.
        if (claim is null || claim.Metadata.Uid != reference.Uid)
            return volume.Status.Phase == "Failed" ? "Failed" : "Released";
        return claim.Spec.VolumeName == volume.Metadata.Name ? "Bound" : null;
    }

    /// <summary>Why nobody will reclaim a released volume, and what that is called; null when it is to be kept or somebody will.</summary>
    public static (string Reason, string Message)? Unreclaimable(PersistentVolume volume)
    {
        if (volume.Status.Phase != "Released" || volume.Metadata.DeletionTimestamp is not null)
            return null;
        return volume.Spec.PersistentVolumeReclaimPolicy switch
        {
            "Recycle" => ("VolumeFailedRecycle", "No recycler plugin found for the volume!"),
            "Delete" when !volume.Metadata.Annotations.ContainsKey(VolumeNames.ProvisionedBy) =>
                ("VolumeFailedDelete", $"Error getting deleter volume plugin for volume \"{volume.Metadata.Name}\": no volume plugin matched; no provisioner made the volume, so delete the PersistentVolume yourself once its data is taken care of"),
            _ => null,
        };
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
