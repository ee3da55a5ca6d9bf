namespace Berth.Resources.Volumes;

/// <summary>Annotations by which the parties that bring claims and volumes together speak to each other. Wire names: they never change.</summary>
public static class VolumeNames
{
    /// <summary>On claims: the binding is done; from now on a missing volume is a lost one.</summary>
    public const string BindCompleted = "pv.kubernetes.io/bind-completed";

    /// <summary>On both: the other side was chosen by a controller, not by a user.</summary>
    public const string BoundByController = "pv.kubernetes.io/bound-by-controller";

    /// <summary>On volumes: the provisioner that made them, and that takes them away.</summary>
    public const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";

    /// <summary>On claims: who is to make a volume.</summary>
    public const string StorageProvisioner = "volume.kubernetes.io/storage-provisioner";

    /// <summary>The same under the name that provisioners before 1.23 look for.</summary>
    public const string BetaStorageProvisioner = "volume.beta.kubernetes.io/storage-provisioner";

    /// <summary>On claims: the node that the scheduler has chosen. A provisioner that cannot serve it takes the annotation away.</summary>
    public const string SelectedNode = "volume.kubernetes.io/selected-node";

    /// <summary>On claims: who is to enlarge the volume, in names of in-tree resizers.</summary>
    public const string StorageResizer = "volume.kubernetes.io/storage-resizer";

    public const string NoProvisioner = "kubernetes.io/no-provisioner";

    public const string ClaimFinalizer = "kubernetes.io/pvc-protection";

    public const string VolumeFinalizer = "kubernetes.io/pv-protection";
}
