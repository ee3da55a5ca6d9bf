using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record CapacityRequestPolicyRange
{
    [Field(1, Required = true)]
    public Quantity? Min { get; init; }

    [Field(2)]
    public Quantity? Max { get; init; }

    [Field(3)]
    public Quantity? Step { get; init; }
}
