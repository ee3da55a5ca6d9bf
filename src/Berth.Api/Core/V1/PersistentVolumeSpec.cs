using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A piece of storage, and how it may be used. Exactly one source.</summary>
public sealed partial record PersistentVolumeSpec
{
    /// <summary>Its size, as storage.</summary>
    [Field(1)]
    public ApiMap<Quantity> Capacity { get; init; } = [];

    /// <summary>A disk of Google Compute Engine.</summary>
    [Field(1, In = [2])]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    /// <summary>A disk of Amazon EBS.</summary>
    [Field(2, In = [2])]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    /// <summary>A directory of a node. For tests on one node.</summary>
    [Field(3, In = [2])]
    public HostPathVolumeSource? HostPath { get; init; }

    /// <summary>A volume of GlusterFS. No longer supported.</summary>
    [Field(4, In = [2])]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; init; }

    /// <summary>A directory of an NFS server.</summary>
    [Field(5, In = [2])]
    public NFSVolumeSource? Nfs { get; init; }

    /// <summary>A block device of Ceph. No longer supported.</summary>
    [Field(6, In = [2])]
    public RBDPersistentVolumeSource? Rbd { get; init; }

    /// <summary>A disk reached by iSCSI.</summary>
    [Field(7, In = [2])]
    public ISCSIPersistentVolumeSource? Iscsi { get; init; }

    /// <summary>A volume of OpenStack.</summary>
    [Field(8, In = [2])]
    public CinderPersistentVolumeSource? Cinder { get; init; }

    /// <summary>A directory of CephFS. No longer supported.</summary>
    [Field(9, In = [2])]
    public CephFSPersistentVolumeSource? Cephfs { get; init; }

    /// <summary>A disk of a Fibre Channel network.</summary>
    [Field(10, In = [2])]
    public FCVolumeSource? Fc { get; init; }

    /// <summary>A data set of Flocker. No longer supported.</summary>
    [Field(11, In = [2])]
    public FlockerVolumeSource? Flocker { get; init; }

    /// <summary>A volume of an executable driver. Deprecated.</summary>
    [Field(12, In = [2])]
    public FlexPersistentVolumeSource? FlexVolume { get; init; }

    /// <summary>A file share of Azure.</summary>
    [Field(13, In = [2])]
    public AzureFilePersistentVolumeSource? AzureFile { get; init; }

    /// <summary>A disk of vSphere.</summary>
    [Field(14, In = [2])]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    /// <summary>A volume of Quobyte. No longer supported.</summary>
    [Field(15, In = [2])]
    public QuobyteVolumeSource? Quobyte { get; init; }

    /// <summary>A disk of Azure.</summary>
    [Field(16, In = [2])]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    /// <summary>A disk of Photon. No longer supported.</summary>
    [Field(17, In = [2])]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    /// <summary>A volume of Portworx.</summary>
    [Field(18, In = [2])]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    /// <summary>A volume of ScaleIO. No longer supported.</summary>
    [Field(19, In = [2])]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; init; }

    /// <summary>A directory or device of one node.</summary>
    [Field(20, In = [2])]
    public LocalVolumeSource? Local { get; init; }

    /// <summary>A volume of StorageOS. No longer supported.</summary>
    [Field(21, In = [2])]
    public StorageOSPersistentVolumeSource? Storageos { get; init; }

    /// <summary>A volume of a CSI driver.</summary>
    [Field(22, In = [2])]
    public CSIPersistentVolumeSource? Csi { get; init; }

    /// <summary>Ways in which the volume can be used.</summary>
    [Field(3)]
    public ApiList<string> AccessModes { get; init; } = [];

    /// <summary>The claim that has the volume, or that it is kept for.</summary>
    [Field(4)]
    public ObjectReference? ClaimRef { get; init; }

    /// <summary>
    /// What happens when the claim goes: Retain keeps volume and data, Delete deletes both, Recycle (deprecated) empties it. Default: Retain
    /// for volumes made by hand, that of the class otherwise.
    /// </summary>
    [Field(5)]
    public string PersistentVolumeReclaimPolicy { get; init; } = "";

    /// <summary>Class of the volume; empty for none.</summary>
    [Field(6)]
    public string StorageClassName { get; init; } = "";

    /// <summary>Options of mount; not checked beforehand.</summary>
    [Field(7)]
    public ApiList<string> MountOptions { get; init; } = [];

    /// <summary>Filesystem for a directory, Block for a bare device. Default: Filesystem.</summary>
    [Field(8)]
    public string? VolumeMode { get; init; }

    /// <summary>Nodes that can reach the volume: pods that use it run there.</summary>
    [Field(9)]
    public VolumeNodeAffinity? NodeAffinity { get; init; }

    /// <summary>Class whose attributes the volume has.</summary>
    [Field(10)]
    public string? VolumeAttributesClassName { get; init; }
}
