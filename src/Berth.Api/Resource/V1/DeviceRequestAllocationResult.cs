using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceRequestAllocationResult
{
    [Field(1, Always = true, Required = true)]
    public string Request { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Pool { get; init; } = "";

    [Field(4, Always = true, Required = true)]
    public string Device { get; init; } = "";

    [Field(5)]
    public bool? AdminAccess { get; init; }

    [Field(6)]
    public ApiList<DeviceToleration> Tolerations { get; init; } = [];

    [Field(7)]
    public ApiList<string> BindingConditions { get; init; } = [];

    [Field(8)]
    public ApiList<string> BindingFailureConditions { get; init; } = [];

    [Field(9)]
    public string? ShareID { get; init; }

    [Field(10)]
    public ApiMap<Quantity> ConsumedCapacity { get; init; } = [];
}
