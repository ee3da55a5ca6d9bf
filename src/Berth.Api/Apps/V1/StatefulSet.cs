using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Runs pods that each keep a name, a number and volumes of their own, for programs with state.</summary>
[Kind("apps", "v1", "StatefulSet")]
[Resource("statefulsets", "statefulset", ShortNames = "sts", Categories = "all", Subresources = "scale=autoscaling/v1/Scale:get,patch,update;status:get,patch,update")]
public sealed partial record StatefulSet
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, how many, and their volumes.</summary>
    [Field(2)]
    public StatefulSetSpec Spec { get; init; } = StatefulSetSpec.Empty;

    /// <summary>How many there are, and how far an update is.</summary>
    [Field(3)]
    public StatefulSetStatus Status { get; init; } = StatefulSetStatus.Empty;
}
