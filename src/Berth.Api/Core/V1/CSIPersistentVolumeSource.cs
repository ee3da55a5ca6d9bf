using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume of a CSI driver.</summary>
public sealed partial record CSIPersistentVolumeSource
{
    /// <summary>Name of the driver that serves the volume, as its CSIDriver object is named.</summary>
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    /// <summary>Id of the volume with the driver; it cannot change.</summary>
    [Field(2, Always = true, Required = true)]
    public string VolumeHandle { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(3)]
    public bool ReadOnly { get; init; }

    /// <summary>File system of the volume, such as ext4 or xfs; absent: what the driver takes.</summary>
    [Field(4)]
    public string FsType { get; init; } = "";

    /// <summary>What the driver said of the volume when it was made; given back to it at each step.</summary>
    [Field(5)]
    public ApiMap<string> VolumeAttributes { get; init; } = [];

    /// <summary>Secret for attaching and detaching the volume.</summary>
    [Field(6)]
    public SecretReference? ControllerPublishSecretRef { get; init; }

    /// <summary>Secret for mounting the volume on a node, once for all its pods.</summary>
    [Field(7)]
    public SecretReference? NodeStageSecretRef { get; init; }

    /// <summary>Secret for giving the volume to a pod.</summary>
    [Field(8)]
    public SecretReference? NodePublishSecretRef { get; init; }

    /// <summary>Secret for enlarging the volume.</summary>
    [Field(9)]
    public SecretReference? ControllerExpandSecretRef { get; init; }

    /// <summary>Secret for enlarging the file system on the node.</summary>
    [Field(10)]
    public SecretReference? NodeExpandSecretRef { get; init; }
}
