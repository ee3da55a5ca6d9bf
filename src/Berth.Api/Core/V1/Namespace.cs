using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "Namespace")]
[Resource("namespaces", "namespace", Namespaced = false, ShortNames = "ns", Verbs = "create,delete,get,list,patch,update,watch", Subresources = "finalize:update;status:get,patch,update")]
public sealed partial record Namespace
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public NamespaceSpec Spec { get; init; } = NamespaceSpec.Empty;

    [Field(3)]
    public NamespaceStatus Status { get; init; } = NamespaceStatus.Empty;
}
