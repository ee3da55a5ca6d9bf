using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A claim of devices that pods can share.</summary>
[Kind("resource.k8s.io", "v1", "ResourceClaim")]
[Resource("resourceclaims", "resourceclaim", Subresources = "status:get,patch,update")]
public sealed partial record ResourceClaim
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The devices that are wanted. It cannot change.</summary>
    [Field(2, Required = true)]
    public ResourceClaimSpec Spec { get; init; } = ResourceClaimSpec.Empty;

    /// <summary>The devices that it has.</summary>
    [Field(3)]
    public ResourceClaimStatus Status { get; init; } = ResourceClaimStatus.Empty;
}
