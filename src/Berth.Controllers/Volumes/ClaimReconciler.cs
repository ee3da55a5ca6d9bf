using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Storage.V1;
using Berth.Resources.Volumes;

namespace Berth.Controllers.Volumes;

/// <summary>What becomes of a claim, from the volumes there are. Pure.</summary>
public static class ClaimReconciler
{
    public const string BindCompleted = VolumeNames.BindCompleted;
    public const string BoundByController = VolumeNames.BoundByController;

    /// <param name="consumers">Names of the pods that use the claim and have no node: classes may ask to wait for one.</param>
    public static ClaimPlan Plan(
        PersistentVolumeClaim claim, IReadOnlyCollection<PersistentVolume> volumes, Func<string, StorageClass?> classes, IReadOnlyCollection<string> consumers)
    {
        var volume = claim.Spec.VolumeName.Length > 0 ? volumes.FirstOrDefault(v => v.Metadata.Name == claim.Spec.VolumeName) : null;
        if (claim.Metadata.Annotations.ContainsKey(BindCompleted))
            return Completed(claim, volume);
        if (claim.Spec.VolumeName.Length == 0)
            return Find(claim, volumes, classes, consumers);
        if (volume is null)
            return ClaimPlan.Wait();
        if (volume.Spec.ClaimRef is not null)
        {
            return VolumeMatch.IsFor(volume, claim)
                ? ClaimPlan.Bind(volume)
                : ClaimPlan.Wait(("Warning", "FailedBinding", $"volume \"{volume.Metadata.Name}\" already bound to a different claim."));
        }

        return VolumeMatch.Misfit(claim, volume) is { } misfit
            ? ClaimPlan.Wait(("Warning", "VolumeMismatch", $"Cannot bind to requested volume \"{volume.Metadata.Name}\": {misfit}"))
            : ClaimPlan.Bind(volume);
    }

    /// <summary>The volume with its reference to the claim; the same object when it has it.</summary>
    public static PersistentVolume Bound(PersistentVolume volume, PersistentVolumeClaim claim)
    {
        if (volume.Spec.ClaimRef is { } old && old.Uid == claim.Metadata.Uid && VolumeMatch.IsFor(volume, claim))
            return volume;
        // Only what we reserved may we give back: without the mark, a user did.
        var annotations = volume.Spec.ClaimRef is null ? volume.Metadata.Annotations.With(BoundByController, "yes") : volume.Metadata.Annotations;
        return volume with
        {
            Metadata = volume.Metadata with { Annotations = annotations },
            Spec = volume.Spec with
            {
                ClaimRef = new ObjectReference
                {
                    ApiVersion = "v1",
                    Kind = "PersistentVolumeClaim",
                    Namespace = claim.Metadata.Namespace,
                    Name = claim.Metadata.Name,
                    Uid = claim.Metadata.Uid,
                    ResourceVersion = claim.Metadata.ResourceVersion,
                },
            },
        };
    }

    /// <summary>The claim with the volume's name; equal to the claim when it has it.</summary>
    public static PersistentVolumeClaim Bound(PersistentVolumeClaim claim, PersistentVolume volume)
    {
        var annotations = claim.Metadata.Annotations.With(BindCompleted, "yes");
        if (claim.Spec.VolumeName.Length == 0)
            annotations = annotations.With(BoundByController, "yes");
        return claim with
        {
            Metadata = claim.Metadata with { Annotations = annotations },
            Spec = claim.Spec with { VolumeName = volume.Metadata.Name },
        };
    }

    public static PersistentVolumeClaimStatus BoundStatus(PersistentVolumeClaim claim, PersistentVolume volume) => claim.Status with
    {
        Phase = "Bound",
        AccessModes = volume.Spec.AccessModes,
        // Later a resize reports what it has reached; until then it is what the volume has.
        Capacity = claim.Status.Phase == "Bound" && !claim.Status.Capacity.IsEmpty ? claim.Status.Capacity : volume.Spec.Capacity,
    };

    private static ClaimPlan Completed(PersistentVolumeClaim claim, PersistentVolume? volume)
    {
        if (claim.Spec.VolumeName.Length == 0)
            return ClaimPlan.Lost("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
        if (volume is null)
            return ClaimPlan.Lost("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
        return volume.Spec.ClaimRef is null || volume.Spec.ClaimRef.Uid == claim.Metadata.Uid
            ? ClaimPlan.Bind(volume)
            : ClaimPlan.Lost("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
    }

    private static ClaimPlan Find(
        PersistentVolumeClaim claim, IReadOnlyCollection<PersistentVolume> volumes, Func<string, StorageClass?> classes, IReadOnlyCollection<string> consumers)
    {
        var name = VolumeMatch.ClassOf(claim);
        var storage = name.Length > 0 ? classes(name) : null;
        // The scheduler chooses a volume together with the node, and says so in the volume or in the claim's annotation.
        var waits = storage?.VolumeBindingMode == "WaitForFirstConsumer" && !claim.Metadata.Annotations.ContainsKey(VolumeNames.SelectedNode);
        if (VolumeMatch.Best(claim, volumes, reservedOnly: waits) is { } best)
            return ClaimPlan.Bind(best);
        if (waits)
        {
            return consumers.Count == 0
                ? ClaimPlan.Wait(("Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding"))
                : ClaimPlan.Wait(("Normal", "WaitForPodScheduled", $"waiting for pod {string.Join(",", consumers.Order(StringComparer.Ordinal))} to be scheduled"));
        }

        if (name.Length == 0)
            return ClaimPlan.Wait(("Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set"));
        if (storage is null)
            return ClaimPlan.Wait(("Warning", "ProvisioningFailed", $"storageclass.storage.k8s.io \"{name}\" not found"));
        if (storage.Provisioner == VolumeNames.NoProvisioner)
            return ClaimPlan.Wait(("Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set"));
        if (InTreeProvisioner(storage.Provisioner))
        {
            return ClaimPlan.Wait((
                "Warning",
                "ProvisioningFailed",
                $"storage class \"{name}\" names the provisioner {storage.Provisioner}, which is no part of Kubernetes any more: use the storage system's CSI driver and name that as the provisioner"));
        }

        return ClaimPlan.Wait((
            "Normal",
            "ExternalProvisioning",
            $"Waiting for a volume to be created either by the external provisioner '{storage.Provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.")) with
        {
            Provisioner = storage.Provisioner,
        };
    }

    private static bool InTreeProvisioner(string name) => name.StartsWith("kubernetes.io/", StringComparison.Ordinal);
}
