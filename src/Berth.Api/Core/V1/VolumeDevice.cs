using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A block device of a container.</summary>
public sealed partial record VolumeDevice
{
    /// <summary>The volume, which must be of volumeMode Block.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Path of the device in the container.</summary>
    [Field(2, Always = true, Required = true)]
    public string DevicePath { get; init; } = "";
}
