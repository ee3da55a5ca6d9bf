using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A volume that is attached to a node.</summary>
public sealed partial record AttachedVolume
{
    /// <summary>Name of the volume, as volumesInUse has it.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Path of the volume's device on the node.</summary>
    [Field(2, Always = true, Required = true)]
    public string DevicePath { get; init; } = "";
}
