using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of StorageOS. No longer supported.</summary>
public sealed partial record StorageOSVolumeSource
{
    /// <summary>Name of the volume.</summary>
    [Field(1)]
    public string VolumeName { get; init; } = "";

    /// <summary>Namespace of StorageOS that it is in; absent: that of the pod.</summary>
    [Field(2)]
    public string VolumeNamespace { get; init; } = "";

    /// <summary>File system of the volume, such as ext4 or xfs; empty for ext4. An empty volume is formatted with it.</summary>
    [Field(3)]
    public string FsType { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(4)]
    public bool ReadOnly { get; init; }

    /// <summary>Secret with what the storage asks for to let one in.</summary>
    [Field(5)]
    public LocalObjectReference? SecretRef { get; init; }
}
