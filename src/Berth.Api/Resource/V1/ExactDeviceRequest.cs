using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record ExactDeviceRequest
{
    [Field(1, Always = true, Required = true)]
    public string DeviceClassName { get; init; } = "";

    [Field(2)]
    public ApiList<DeviceSelector> Selectors { get; init; } = [];

    [Field(3)]
    public string AllocationMode { get; init; } = "";

    [Field(4)]
    public long Count { get; init; }

    [Field(5)]
    public bool? AdminAccess { get; init; }

    [Field(6)]
    public ApiList<DeviceToleration> Tolerations { get; init; } = [];

    [Field(7)]
    public CapacityRequirements? Capacity { get; init; }
}
