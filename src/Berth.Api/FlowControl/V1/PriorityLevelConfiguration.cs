using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A share of the server's attention, for the flows that are given this level.</summary>
[Kind("flowcontrol.apiserver.k8s.io", "v1", "PriorityLevelConfiguration")]
[Resource("prioritylevelconfigurations", "prioritylevelconfiguration", Namespaced = false, Subresources = "status:get,patch,update")]
public sealed partial record PriorityLevelConfiguration
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The share, and what happens beyond it.</summary>
    [Field(2)]
    public PriorityLevelConfigurationSpec Spec { get; init; } = PriorityLevelConfigurationSpec.Empty;

    /// <summary>State of the level.</summary>
    [Field(3)]
    public PriorityLevelConfigurationStatus Status { get; init; } = PriorityLevelConfigurationStatus.Empty;
}
