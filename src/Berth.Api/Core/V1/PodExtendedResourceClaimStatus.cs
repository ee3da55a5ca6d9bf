using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>The claim that was made for extended resources which devices serve.</summary>
public sealed partial record PodExtendedResourceClaimStatus
{
    /// <summary>Which request of the claim is for which container and resource.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<ContainerExtendedResourceRequest> RequestMappings { get; init; } = [];

    /// <summary>Name of the claim, in the pod's namespace.</summary>
    [Field(2, Always = true, Required = true)]
    public string ResourceClaimName { get; init; } = "";
}
