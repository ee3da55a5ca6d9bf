using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>What a node tells of itself.</summary>
public sealed partial record NodeStatus
{
    /// <summary>All resources that the node has.</summary>
    [Field(1)]
    public ApiMap<Quantity> Capacity { get; init; } = [];

    /// <summary>Resources that pods can have: capacity less what the system keeps.</summary>
    [Field(2)]
    public ApiMap<Quantity> Allocatable { get; init; } = [];

    /// <summary>No longer set.</summary>
    [Field(3)]
    public string Phase { get; init; } = "";

    /// <summary>State of the node.</summary>
    [Field(4), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<NodeCondition> Conditions { get; init; } = [];

    /// <summary>Addresses and names of the node.</summary>
    [Field(5), ListMap("type"), PatchStrategy("merge", "type")]
    public ApiList<NodeAddress> Addresses { get; init; } = [];

    /// <summary>Ports of programs on the node.</summary>
    [Field(6)]
    public NodeDaemonEndpoints DaemonEndpoints { get; init; } = NodeDaemonEndpoints.Empty;

    /// <summary>Machine, kernel and programs of the node.</summary>
    [Field(7)]
    public NodeSystemInfo NodeInfo { get; init; } = NodeSystemInfo.Empty;

    /// <summary>Images that the node has, the largest first, 50 at most.</summary>
    [Field(8)]
    public ApiList<ContainerImage> Images { get; init; } = [];

    /// <summary>Volumes that may be mounted, and so must not be detached.</summary>
    [Field(9)]
    public ApiList<string> VolumesInUse { get; init; } = [];

    /// <summary>Volumes that are attached.</summary>
    [Field(10)]
    public ApiList<AttachedVolume> VolumesAttached { get; init; } = [];

    /// <summary>No longer set since 1.24.</summary>
    [Field(11)]
    public NodeConfigStatus? Config { get; init; }

    /// <summary>Ways in which the runtime can run containers.</summary>
    [Field(12)]
    public ApiList<NodeRuntimeHandler> RuntimeHandlers { get; init; } = [];

    /// <summary>What the runtime can do.</summary>
    [Field(13)]
    public NodeFeatures? Features { get; init; }

    /// <summary>Features of the node's agent by which pods can be kept from nodes that lack them.</summary>
    [Field(14)]
    public ApiList<string> DeclaredFeatures { get; init; } = [];
}
