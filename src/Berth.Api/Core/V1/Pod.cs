using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>
/// Containers that run together on one node, with one address and shared volumes. Most pods are made by a Deployment, StatefulSet, Job or
/// DaemonSet.
/// </summary>
[Kind("", "v1", "Pod")]
[Resource("pods", "pod", ShortNames = "po", Categories = "all", Subresources = "attach=/v1/PodAttachOptions:create,get;binding=/v1/Binding:create;ephemeralcontainers:get,patch,update;eviction=policy/v1/Eviction:create;exec=/v1/PodExecOptions:create,get;log:get;portforward=/v1/PodPortForwardOptions:create,get;proxy=/v1/PodProxyOptions:create,delete,get,patch,update;resize:get,patch,update;status:get,patch,update")]
public sealed partial record Pod
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>What is to run, and how.</summary>
    [Field(2)]
    public PodSpec Spec { get; init; } = PodSpec.Empty;

    /// <summary>What does run. Set by the node.</summary>
    [Field(3)]
    public PodStatus Status { get; init; } = PodStatus.Empty;
}
