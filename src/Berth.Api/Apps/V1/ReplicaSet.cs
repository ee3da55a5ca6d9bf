using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Keeps a number of like pods running. Most are made by a Deployment.</summary>
[Kind("apps", "v1", "ReplicaSet")]
[Resource("replicasets", "replicaset", ShortNames = "rs", Categories = "all", Subresources = "scale=autoscaling/v1/Scale:get,patch,update;status:get,patch,update")]
public sealed partial record ReplicaSet
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, and how many.</summary>
    [Field(2)]
    public ReplicaSetSpec Spec { get; init; } = ReplicaSetSpec.Empty;

    /// <summary>How many there are.</summary>
    [Field(3)]
    public ReplicaSetStatus Status { get; init; } = ReplicaSetStatus.Empty;
}
