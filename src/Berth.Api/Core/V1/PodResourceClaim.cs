using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record PodResourceClaim
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(3)]
    public string? ResourceClaimName { get; init; }

    [Field(4)]
    public string? ResourceClaimTemplateName { get; init; }
}
