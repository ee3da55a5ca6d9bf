using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of OpenStack Cinder. Served by the CSI driver cinder.csi.openstack.org.</summary>
public sealed partial record CinderVolumeSource
{
    /// <summary>Id of the volume in the storage.</summary>
    [Field(1, Always = true, Required = true)]
    public string VolumeID { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(2)]
    public string FsType { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(3)]
    public bool ReadOnly { get; init; }

    /// <summary>Secret with what the storage asks for to let one in.</summary>
    [Field(4)]
    public LocalObjectReference? SecretRef { get; init; }
}
