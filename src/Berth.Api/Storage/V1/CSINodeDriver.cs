using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

public sealed partial record CSINodeDriver
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string NodeID { get; init; } = "";

    [Field(3, Always = true)]
    public ApiList<string> TopologyKeys { get; init; } = [];

    [Field(4)]
    public VolumeNodeResources? Allocatable { get; init; }
}
