using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A data disk of Azure. Served by the CSI driver disk.csi.azure.com.</summary>
public sealed partial record AzureDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Field(1, Always = true, Required = true)]
    public string DiskName { get; init; } = "";

    /// <summary>Address of the disk in the storage.</summary>
    [Field(2, Always = true, Required = true)]
    public string DiskURI { get; init; } = "";

    /// <summary>Caching on the host: None, ReadOnly or ReadWrite.</summary>
    [Field(3), Default("\"ReadWrite\"")]
    public string? CachingMode { get; init; }

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(4), Default("\"ext4\"")]
    public string? FsType { get; init; }

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(5), Default("false")]
    public bool? ReadOnly { get; init; }

    /// <summary>Shared, Dedicated (one storage account for each disk) or Managed. Default: Shared.</summary>
    [Field(6), Default("\"Shared\"")]
    public string? Kind { get; init; }
}
