using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>How much a device has of something.</summary>
public sealed partial record DeviceCapacity
{
    /// <summary>How much.</summary>
    [Field(1, Always = true, Required = true)]
    public Quantity Value { get; init; }

    /// <summary>Amounts that a request can take, for devices that several can share.</summary>
    [Field(2)]
    public CapacityRequestPolicy? RequestPolicy { get; init; }
}
