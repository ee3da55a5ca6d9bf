using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

[Kind("apps", "v1", "StatefulSet")]
[Resource("statefulsets", "statefulset", ShortNames = "sts", Categories = "all", Subresources = "scale=autoscaling/v1/Scale:get,patch,update;status:get,patch,update")]
public sealed partial record StatefulSet
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public StatefulSetSpec Spec { get; init; } = StatefulSetSpec.Empty;

    [Field(3)]
    public StatefulSetStatus Status { get; init; } = StatefulSetStatus.Empty;
}
