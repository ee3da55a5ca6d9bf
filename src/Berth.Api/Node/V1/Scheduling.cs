using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Node.V1;

/// <summary>Nodes that have a way of running containers.</summary>
public sealed partial record Scheduling
{
    /// <summary>Labels of the nodes; added to the pod's own.</summary>
    [Field(1), Atomic]
    public ApiMap<string> NodeSelector { get; init; } = [];

    /// <summary>Taints of the nodes; added to what the pod tolerates.</summary>
    [Field(2)]
    public ApiList<Toleration> Tolerations { get; init; } = [];
}
