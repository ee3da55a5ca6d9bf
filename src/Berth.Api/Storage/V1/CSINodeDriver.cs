using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>A CSI driver on a node.</summary>
public sealed partial record CSINodeDriver
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Name of the node with the driver.</summary>
    [Field(2, Always = true, Required = true)]
    public string NodeID { get; init; } = "";

    /// <summary>Labels of the node that say where the driver's volumes can be reached.</summary>
    [Field(3, Always = true)]
    public ApiList<string> TopologyKeys { get; init; } = [];

    /// <summary>How many volumes of the driver the node can have.</summary>
    [Field(4)]
    public VolumeNodeResources? Allocatable { get; init; }
}
