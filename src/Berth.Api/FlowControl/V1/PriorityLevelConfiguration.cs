using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

[Kind("flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration")]
[Resource("prioritylevelconfigurations", "prioritylevelconfiguration", Namespaced = false, Subresources = "status:get,patch,update")]
public sealed partial record PriorityLevelConfiguration
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public PriorityLevelConfigurationSpec Spec { get; init; } = PriorityLevelConfigurationSpec.Empty;

    [Field(3)]
    public PriorityLevelConfigurationStatus Status { get; init; } = PriorityLevelConfigurationStatus.Empty;
}
