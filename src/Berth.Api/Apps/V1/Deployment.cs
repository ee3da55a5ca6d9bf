using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Apps.V1;

[Kind("apps", "v1", "Deployment")]
[Resource("deployments", "deployment", ShortNames = "deploy", Categories = "all", Subresources = "scale=autoscaling/v1/Scale:get,patch,update;status:get,patch,update")]
public sealed partial record Deployment
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public DeploymentSpec Spec { get; init; } = DeploymentSpec.Empty;

    [Field(3)]
    public DeploymentStatus Status { get; init; } = DeploymentStatus.Empty;
}
