using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

/// <summary>Runs a number of like pods, and replaces them step by step when their template changes.</summary>
[Kind("apps", "v1", "Deployment")]
[Resource("deployments", "deployment", ShortNames = "deploy", Categories = "all", Subresources = "scale=autoscaling/v1/Scale:get,patch,update;status:get,patch,update")]
public sealed partial record Deployment
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The pods, how many, and how they are replaced.</summary>
    [Field(2)]
    public DeploymentSpec Spec { get; init; } = DeploymentSpec.Empty;

    /// <summary>How many there are, and how far an update is.</summary>
    [Field(3)]
    public DeploymentStatus Status { get; init; } = DeploymentStatus.Empty;
}
