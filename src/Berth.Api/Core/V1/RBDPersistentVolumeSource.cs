using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A block device of Ceph. Nothing in Kubernetes 1.36 mounts it any more; use the CSI driver rbd.csi.ceph.com.</summary>
public sealed partial record RBDPersistentVolumeSource
{
    /// <summary>Addresses of the monitors of the Ceph cluster.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Monitors { get; init; } = [];

    /// <summary>Name of the device.</summary>
    [Field(2, Always = true, Required = true)]
    public string Image { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(3)]
    public string FsType { get; init; } = "";

    /// <summary>Pool of the device. Default: rbd.</summary>
    [Field(4), Default("\"rbd\"")]
    public string Pool { get; init; } = "";

    /// <summary>User of Ceph. Default: admin.</summary>
    [Field(5), Default("\"admin\"")]
    public string User { get; init; } = "";

    /// <summary>File on the node with the user's key. Default: /etc/ceph/keyring.</summary>
    [Field(6), Default("\"/etc/ceph/keyring\"")]
    public string Keyring { get; init; } = "";

    /// <summary>Secret with what the storage asks for to let one in.</summary>
    [Field(7)]
    public SecretReference? SecretRef { get; init; }

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(8)]
    public bool ReadOnly { get; init; }
}
