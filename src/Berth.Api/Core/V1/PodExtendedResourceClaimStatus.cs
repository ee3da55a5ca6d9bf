using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodExtendedResourceClaimStatus
{
    [Field(1, Always = true, Required = true)]
    public ApiList<ContainerExtendedResourceRequest> RequestMappings { get; init; } = [];

    [Field(2, Always = true, Required = true)]
    public string ResourceClaimName { get; init; } = "";
}
