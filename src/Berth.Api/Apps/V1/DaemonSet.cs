using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

[Kind("apps", "v1", "DaemonSet")]
[Resource("daemonsets", "daemonset", ShortNames = "ds", Categories = "all", Subresources = "status:get,patch,update")]
public sealed partial record DaemonSet
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public DaemonSetSpec Spec { get; init; } = DaemonSetSpec.Empty;

    [Field(3)]
    public DaemonSetStatus Status { get; init; } = DaemonSetStatus.Empty;
}
