using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of a pod. Exactly one source; none means emptyDir.</summary>
public sealed partial record Volume
{
    /// <summary>Name by which containers mount it, a DNS label unique in the pod.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>A file or directory of the node.</summary>
    [Field(1, In = [2])]
    public HostPathVolumeSource? HostPath { get; init; }

    /// <summary>A directory that is empty at first, and gone with the pod.</summary>
    [Field(2, In = [2])]
    public EmptyDirVolumeSource? EmptyDir { get; init; }

    /// <summary>A disk of Google Compute Engine.</summary>
    [Field(3, In = [2])]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    /// <summary>A disk of Amazon EBS.</summary>
    [Field(4, In = [2])]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    /// <summary>A clone of a git repository. Disabled.</summary>
    [Field(5, In = [2])]
    public GitRepoVolumeSource? GitRepo { get; init; }

    /// <summary>Keys of a Secret as files.</summary>
    [Field(6, In = [2])]
    public SecretVolumeSource? Secret { get; init; }

    /// <summary>A directory of an NFS server.</summary>
    [Field(7, In = [2])]
    public NFSVolumeSource? Nfs { get; init; }

    /// <summary>A disk reached by iSCSI.</summary>
    [Field(8, In = [2])]
    public ISCSIVolumeSource? Iscsi { get; init; }

    /// <summary>A volume of GlusterFS. No longer supported.</summary>
    [Field(9, In = [2])]
    public GlusterfsVolumeSource? Glusterfs { get; init; }

    /// <summary>The volume of a claim.</summary>
    [Field(10, In = [2])]
    public PersistentVolumeClaimVolumeSource? PersistentVolumeClaim { get; init; }

    /// <summary>A block device of Ceph. No longer supported.</summary>
    [Field(11, In = [2])]
    public RBDVolumeSource? Rbd { get; init; }

    /// <summary>A volume of an executable driver. Deprecated.</summary>
    [Field(12, In = [2])]
    public FlexVolumeSource? FlexVolume { get; init; }

    /// <summary>A volume of OpenStack.</summary>
    [Field(13, In = [2])]
    public CinderVolumeSource? Cinder { get; init; }

    /// <summary>A directory of CephFS. No longer supported.</summary>
    [Field(14, In = [2])]
    public CephFSVolumeSource? Cephfs { get; init; }

    /// <summary>A data set of Flocker. No longer supported.</summary>
    [Field(15, In = [2])]
    public FlockerVolumeSource? Flocker { get; init; }

    /// <summary>Facts about the pod as files.</summary>
    [Field(16, In = [2])]
    public DownwardAPIVolumeSource? DownwardAPI { get; init; }

    /// <summary>A disk of a Fibre Channel network.</summary>
    [Field(17, In = [2])]
    public FCVolumeSource? Fc { get; init; }

    /// <summary>A file share of Azure.</summary>
    [Field(18, In = [2])]
    public AzureFileVolumeSource? AzureFile { get; init; }

    /// <summary>Keys of a ConfigMap as files.</summary>
    [Field(19, In = [2])]
    public ConfigMapVolumeSource? ConfigMap { get; init; }

    /// <summary>A disk of vSphere.</summary>
    [Field(20, In = [2])]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    /// <summary>A volume of Quobyte. No longer supported.</summary>
    [Field(21, In = [2])]
    public QuobyteVolumeSource? Quobyte { get; init; }

    /// <summary>A disk of Azure.</summary>
    [Field(22, In = [2])]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    /// <summary>A disk of Photon. No longer supported.</summary>
    [Field(23, In = [2])]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    /// <summary>A volume of Portworx.</summary>
    [Field(24, In = [2])]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    /// <summary>A volume of ScaleIO. No longer supported.</summary>
    [Field(25, In = [2])]
    public ScaleIOVolumeSource? ScaleIO { get; init; }

    /// <summary>Several sources of files in one directory.</summary>
    [Field(26, In = [2])]
    public ProjectedVolumeSource? Projected { get; init; }

    /// <summary>A volume of StorageOS. No longer supported.</summary>
    [Field(27, In = [2])]
    public StorageOSVolumeSource? Storageos { get; init; }

    /// <summary>A volume that a CSI driver makes for the pod.</summary>
    [Field(28, In = [2])]
    public CSIVolumeSource? Csi { get; init; }

    /// <summary>A claim made for the pod, and deleted with it.</summary>
    [Field(29, In = [2])]
    public EphemeralVolumeSource? Ephemeral { get; init; }

    /// <summary>The files of an image or artifact.</summary>
    [Field(30, In = [2])]
    public ImageVolumeSource? Image { get; init; }
}
