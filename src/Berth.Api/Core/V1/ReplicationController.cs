using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Keeps a number of pods running. ReplicaSet and Deployment are its successors.</summary>
[Kind("", "v1", "ReplicationController")]
[Resource("replicationcontrollers", "replicationcontroller", ShortNames = "rc", Categories = "all", Subresources = "scale=autoscaling/v1/Scale:get,patch,update;status:get,patch,update")]
public sealed partial record ReplicationController
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, and how many.</summary>
    [Field(2)]
    public ReplicationControllerSpec Spec { get; init; } = ReplicationControllerSpec.Empty;

    /// <summary>How many there are.</summary>
    [Field(3)]
    public ReplicationControllerStatus Status { get; init; } = ReplicationControllerStatus.Empty;
}
