using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PersistentVolumeSpec
{
    [Field(1)]
    public ApiMap<Quantity> Capacity { get; init; } = [];

    [Field(1, In = [2])]
    public GCEPersistentDiskVolumeSource? GcePersistentDisk { get; init; }

    [Field(2, In = [2])]
    public AWSElasticBlockStoreVolumeSource? AwsElasticBlockStore { get; init; }

    [Field(3, In = [2])]
    public HostPathVolumeSource? HostPath { get; init; }

    [Field(4, In = [2])]
    public GlusterfsPersistentVolumeSource? Glusterfs { get; init; }

    [Field(5, In = [2])]
    public NFSVolumeSource? Nfs { get; init; }

    [Field(6, In = [2])]
    public RBDPersistentVolumeSource? Rbd { get; init; }

    [Field(7, In = [2])]
    public ISCSIPersistentVolumeSource? Iscsi { get; init; }

    [Field(8, In = [2])]
    public CinderPersistentVolumeSource? Cinder { get; init; }

    [Field(9, In = [2])]
    public CephFSPersistentVolumeSource? Cephfs { get; init; }

    [Field(10, In = [2])]
    public FCVolumeSource? Fc { get; init; }

    [Field(11, In = [2])]
    public FlockerVolumeSource? Flocker { get; init; }

    [Field(12, In = [2])]
    public FlexPersistentVolumeSource? FlexVolume { get; init; }

    [Field(13, In = [2])]
    public AzureFilePersistentVolumeSource? AzureFile { get; init; }

    [Field(14, In = [2])]
    public VsphereVirtualDiskVolumeSource? VsphereVolume { get; init; }

    [Field(15, In = [2])]
    public QuobyteVolumeSource? Quobyte { get; init; }

    [Field(16, In = [2])]
    public AzureDiskVolumeSource? AzureDisk { get; init; }

    [Field(17, In = [2])]
    public PhotonPersistentDiskVolumeSource? PhotonPersistentDisk { get; init; }

    [Field(18, In = [2])]
    public PortworxVolumeSource? PortworxVolume { get; init; }

    [Field(19, In = [2])]
    public ScaleIOPersistentVolumeSource? ScaleIO { get; init; }

    [Field(20, In = [2])]
    public LocalVolumeSource? Local { get; init; }

    [Field(21, In = [2])]
    public StorageOSPersistentVolumeSource? Storageos { get; init; }

    [Field(22, In = [2])]
    public CSIPersistentVolumeSource? Csi { get; init; }

    [Field(3)]
    public ApiList<string> AccessModes { get; init; } = [];

    [Field(4)]
    public ObjectReference? ClaimRef { get; init; }

    [Field(5)]
    public string PersistentVolumeReclaimPolicy { get; init; } = "";

    [Field(6)]
    public string StorageClassName { get; init; } = "";

    [Field(7)]
    public ApiList<string> MountOptions { get; init; } = [];

    [Field(8)]
    public string? VolumeMode { get; init; }

    [Field(9)]
    public VolumeNodeAffinity? NodeAffinity { get; init; }

    [Field(10)]
    public string? VolumeAttributesClassName { get; init; }
}
