using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A machine of the cluster.</summary>
[Kind("", "v1", "Node")]
[Resource("nodes", "node", Namespaced = false, ShortNames = "no", Subresources = "proxy=/v1/NodeProxyOptions:create,delete,get,patch,update;status:get,patch,update")]
public sealed partial record Node
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What is wanted of the node.</summary>
    [Field(2)]
    public NodeSpec Spec { get; init; } = NodeSpec.Empty;

    /// <summary>What the node tells of itself.</summary>
    [Field(3)]
    public NodeStatus Status { get; init; } = NodeStatus.Empty;
}
