using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

[Kind("resource.k8s.io", "v1", "ResourceClaim")]
[Resource("resourceclaims", "resourceclaim", Subresources = "status:get,patch,update")]
public sealed partial record ResourceClaim
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2, Required = true)]
    public ResourceClaimSpec Spec { get; init; } = ResourceClaimSpec.Empty;

    [Field(3)]
    public ResourceClaimStatus Status { get; init; } = ResourceClaimStatus.Empty;
}
