using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeStatus
{
    [Field(1)]
    public ApiMap<Quantity> Capacity { get; init; } = [];

    [Field(2)]
    public ApiMap<Quantity> Allocatable { get; init; } = [];

    [Field(3)]
    public string Phase { get; init; } = "";

    [Field(4), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<NodeCondition> Conditions { get; init; } = [];

    [Field(5), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<NodeAddress> Addresses { get; init; } = [];

    [Field(6)]
    public NodeDaemonEndpoints DaemonEndpoints { get; init; } = NodeDaemonEndpoints.Empty;

    [Field(7)]
    public NodeSystemInfo NodeInfo { get; init; } = NodeSystemInfo.Empty;

    [Field(8)]
    public ApiList<ContainerImage> Images { get; init; } = [];

    [Field(9)]
    public ApiList<string> VolumesInUse { get; init; } = [];

    [Field(10)]
    public ApiList<AttachedVolume> VolumesAttached { get; init; } = [];

    [Field(11)]
    public NodeConfigStatus? Config { get; init; }

    [Field(12)]
    public ApiList<NodeRuntimeHandler> RuntimeHandlers { get; init; } = [];

    [Field(13)]
    public NodeFeatures? Features { get; init; }

    [Field(14)]
    public ApiList<string> DeclaredFeatures { get; init; } = [];
}
