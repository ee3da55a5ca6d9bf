using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record AzureDiskVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string DiskName { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string DiskURI { get; init; } = "";

    [Field(3), Default("\"ReadWrite\"")]
    public string? CachingMode { get; init; }

    [Field(4), Default("\"ext4\"")]
    public string? FsType { get; init; }

    [Field(5), Default("false")]
    public bool? ReadOnly { get; init; }

    [Field(6), Default("\"Shared\"")]
    public string? Kind { get; init; }
}
