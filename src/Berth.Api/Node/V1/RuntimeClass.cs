using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Node.V1;

[Kind("node.k8s.io", "v1", "RuntimeClass")]
[Resource("runtimeclasses", "runtimeclass", Namespaced = false)]
public sealed partial record RuntimeClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Always = true, Required = true)]
    public string Handler { get; init; } = "";

    [Field(3)]
    public Overhead? Overhead { get; init; }

    [Field(4)]
    public Scheduling? Scheduling { get; init; }
}
