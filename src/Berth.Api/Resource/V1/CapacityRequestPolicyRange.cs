using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A range of amounts.</summary>
public sealed partial record CapacityRequestPolicyRange
{
    /// <summary>Smallest amount.</summary>
    [Field(1, Required = true)]
    public Quantity? Min { get; init; }

    /// <summary>Largest amount.</summary>
    [Field(2)]
    public Quantity? Max { get; init; }

    /// <summary>Distance of the amounts from one to the next; a request is rounded up.</summary>
    [Field(3)]
    public Quantity? Step { get; init; }
}
