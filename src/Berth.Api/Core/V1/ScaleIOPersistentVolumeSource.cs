using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of ScaleIO. No longer supported.</summary>
public sealed partial record ScaleIOPersistentVolumeSource
{
    /// <summary>Address of the gateway.</summary>
    [Field(1, Always = true, Required = true)]
    public string Gateway { get; init; } = "";

    /// <summary>Name of the system.</summary>
    [Field(2, Always = true, Required = true)]
    public string System { get; init; } = "";

    /// <summary>Secret with what the storage asks for to let one in.</summary>
    [Field(3, Always = true, Required = true)]
    public SecretReference? SecretRef { get; init; }

    /// <summary>True speaks to the gateway over TLS.</summary>
    [Field(4)]
    public bool SslEnabled { get; init; }

    /// <summary>Protection domain of the volume.</summary>
    [Field(5)]
    public string ProtectionDomain { get; init; } = "";

    /// <summary>Storage pool of the volume.</summary>
    [Field(6)]
    public string StoragePool { get; init; } = "";

    /// <summary>ThickProvisioned or ThinProvisioned.</summary>
    [Field(7), Default("\"ThinProvisioned\"")]
    public string StorageMode { get; init; } = "";

    /// <summary>Name of the volume.</summary>
    [Field(8)]
    public string VolumeName { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(9), Default("\"xfs\"")]
    public string FsType { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(10)]
    public bool ReadOnly { get; init; }
}
