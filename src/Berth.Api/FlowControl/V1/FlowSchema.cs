using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>Puts requests to the API into flows, and gives these a priority level.</summary>
[Kind("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema")]
[Resource("flowschemas", "flowschema", Namespaced = false, Subresources = "status:get,patch,update")]
public sealed partial record FlowSchema
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The requests, and their level.</summary>
    [Field(2)]
    public FlowSchemaSpec Spec { get; init; } = FlowSchemaSpec.Empty;

    /// <summary>Whether the level is there.</summary>
    [Field(3)]
    public FlowSchemaStatus Status { get; init; } = FlowSchemaStatus.Empty;
}
