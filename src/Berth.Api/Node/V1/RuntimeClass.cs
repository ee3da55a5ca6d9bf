using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Node.V1;

/// <summary>A way of running containers that pods can ask for.</summary>
[Kind("node.k8s.io", "v1", "RuntimeClass")]
[Resource("runtimeclasses", "runtimeclass", Namespaced = false)]
public sealed partial record RuntimeClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Name of the way with the container runtime, a DNS label. It cannot change.</summary>
    [Field(2, Always = true, Required = true)]
    public string Handler { get; init; } = "";

    /// <summary>What it takes for each pod; added to the pod's requests.</summary>
    [Field(3)]
    public Overhead? Overhead { get; init; }

    /// <summary>Nodes that have it; absent: all.</summary>
    [Field(4)]
    public Scheduling? Scheduling { get; init; }
}
