using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Amounts of capacities that are wanted.</summary>
public sealed partial record CapacityRequirements
{
    /// <summary>By name of the capacity: devices need that much left, and give as much where several can share them.</summary>
    [Field(1)]
    public ApiMap<Quantity> Requests { get; init; } = [];
}
