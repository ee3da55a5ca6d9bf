using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record ScaleIOVolumeSource
{
    [Field(1, Always = true, Required = true)]
    public string Gateway { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string System { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public LocalObjectReference? SecretRef { get; init; }

    [Field(4)]
    public bool SslEnabled { get; init; }

    [Field(5)]
    public string ProtectionDomain { get; init; } = "";

    [Field(6)]
    public string StoragePool { get; init; } = "";

    [Field(7), Default("\"ThinProvisioned\"")]
    public string StorageMode { get; init; } = "";

    [Field(8)]
    public string VolumeName { get; init; } = "";

    [Field(9), Default("\"xfs\"")]
    public string FsType { get; init; } = "";

    [Field(10)]
    public bool ReadOnly { get; init; }
}
