using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record NodeAllocatableResourceClaimStatus
{
    [Field(1, Always = true, Required = true)]
    public string ResourceClaimName { get; init; } = "";

    [Field(2), ListSet]
    public ApiList<string> Containers { get; init; } = [];

    [Field(3, Always = true, Required = true)]
    public ApiMap<Quantity> Resources { get; init; } = [];
}
