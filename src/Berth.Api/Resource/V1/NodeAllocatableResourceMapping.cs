using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record NodeAllocatableResourceMapping
{
    [Field(1)]
    public string? CapacityKey { get; init; }

    [Field(2)]
    public Quantity? AllocationMultiplier { get; init; }
}
