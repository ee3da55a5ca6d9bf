using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Gives one object its place at another: a pod its node. The scheduler creates it as subresource of the pod.</summary>
[Kind("", "v1", "Binding")]
[Resource("bindings", "binding", Verbs = "create")]
public sealed partial record Binding
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What the object is bound to, such as the node.</summary>
    [Field(2, Required = true)]
    public ObjectReference Target { get; init; } = ObjectReference.Empty;
}
