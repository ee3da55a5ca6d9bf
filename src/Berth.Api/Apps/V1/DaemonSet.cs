using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Runs one pod on each node, or on each that the pod template allows.</summary>
[Kind("apps", "v1", "DaemonSet")]
[Resource("daemonsets", "daemonset", ShortNames = "ds", Categories = "all", Subresources = "status:get,patch,update")]
public sealed partial record DaemonSet
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, and how they are replaced.</summary>
    [Field(2)]
    public DaemonSetSpec Spec { get; init; } = DaemonSetSpec.Empty;

    /// <summary>How many there are.</summary>
    [Field(3)]
    public DaemonSetStatus Status { get; init; } = DaemonSetStatus.Empty;
}
