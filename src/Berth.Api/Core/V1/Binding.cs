using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "Binding")]
[Resource("bindings", "binding", Verbs = "create")]
public sealed partial record Binding
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public ObjectReference Target { get; init; } = ObjectReference.Empty;
}
