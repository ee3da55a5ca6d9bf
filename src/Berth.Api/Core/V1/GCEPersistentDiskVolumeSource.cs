using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A disk of Google Compute Engine. Served by the CSI driver pd.csi.storage.gke.io.</summary>
public sealed partial record GCEPersistentDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Field(1, Always = true, Required = true)]
    public string PdName { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(2)]
    public string FsType { get; init; } = "";

    /// <summary>Number of the partition to mount; 0 for the whole disk.</summary>
    [Field(3)]
    public int Partition { get; init; }

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(4)]
    public bool ReadOnly { get; init; }
}
