using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A directory of CephFS. Nothing in Kubernetes 1.36 mounts it any more; use the CSI driver cephfs.csi.ceph.com.</summary>
public sealed partial record CephFSPersistentVolumeSource
{
    /// <summary>Addresses of the monitors of the Ceph cluster.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Monitors { get; init; } = [];

    /// <summary>Directory to mount; empty for /.</summary>
    [Field(2)]
    public string Path { get; init; } = "";

    /// <summary>User of Ceph; empty for admin.</summary>
    [Field(3)]
    public string User { get; init; } = "";

    /// <summary>File on the node with the user's key; empty for /etc/ceph/user.secret.</summary>
    [Field(4)]
    public string SecretFile { get; init; } = "";

    /// <summary>Secret with what the storage asks for to let one in.</summary>
    [Field(5)]
    public SecretReference? SecretRef { get; init; }

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(6)]
    public bool ReadOnly { get; init; }
}
