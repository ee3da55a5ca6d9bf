using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceCapacity
{
    [Field(1, Always = true, Required = true)]
    public Quantity Value { get; init; }

    [Field(2)]
    public CapacityRequestPolicy? RequestPolicy { get; init; }
}
