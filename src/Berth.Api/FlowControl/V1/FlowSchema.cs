using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

[Kind("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema")]
[Resource("flowschemas", "flowschema", Namespaced = false, Subresources = "status:get,patch,update")]
public sealed partial record FlowSchema
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public FlowSchemaSpec Spec { get; init; } = FlowSchemaSpec.Empty;

    [Field(3)]
    public FlowSchemaStatus Status { get; init; } = FlowSchemaStatus.Empty;
}
