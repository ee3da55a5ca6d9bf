using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A disk of vSphere. Served by the CSI driver csi.vsphere.vmware.com.</summary>
public sealed partial record VsphereVirtualDiskVolumeSource
{
    /// <summary>Path of the disk.</summary>
    [Field(1, Always = true, Required = true)]
    public string VolumePath { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(2)]
    public string FsType { get; init; } = "";

    /// <summary>Name of its storage policy.</summary>
    [Field(3)]
    public string StoragePolicyName { get; init; } = "";

    /// <summary>Id of its storage policy.</summary>
    [Field(4)]
    public string StoragePolicyID { get; init; } = "";
}
