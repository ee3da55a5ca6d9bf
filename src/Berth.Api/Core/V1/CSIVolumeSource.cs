using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>
/// A volume that a CSI driver makes for one pod and deletes with it. The driver must support that (volumeLifecycleModes: Ephemeral).
/// </summary>
public sealed partial record CSIVolumeSource
{
    /// <summary>Name of the driver, as its CSIDriver object is named.</summary>
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    /// <summary>True mounts the volume without the right to write, in all containers.</summary>
    [Field(2)]
    public bool? ReadOnly { get; init; }

    /// <summary>File system of the volume; absent: what the driver takes.</summary>
    [Field(3)]
    public string? FsType { get; init; }

    /// <summary>Properties of the volume, in the words of the driver.</summary>
    [Field(4)]
    public ApiMap<string> VolumeAttributes { get; init; } = [];

    /// <summary>Secret in the pod's namespace that is handed to the driver.</summary>
    [Field(5)]
    public LocalObjectReference? NodePublishSecretRef { get; init; }
}
