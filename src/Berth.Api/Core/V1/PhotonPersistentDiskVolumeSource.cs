using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A disk of Photon. No longer supported.</summary>
public sealed partial record PhotonPersistentDiskVolumeSource
{
    /// <summary>Id of the disk.</summary>
    [Field(1, Always = true, Required = true)]
    public string PdID { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(2)]
    public string FsType { get; init; } = "";
}
