using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Which part of a device is a resource of the node itself.</summary>
public sealed partial record NodeAllocatableResourceMapping
{
    /// <summary>Capacity of the device that is meant; absent: the device is counted.</summary>
    [Field(1)]
    public string? CapacityKey { get; init; }

    /// <summary>How much of the node's resource one unit stands for. Default: 1.</summary>
    [Field(2)]
    public Quantity? AllocationMultiplier { get; init; }
}
