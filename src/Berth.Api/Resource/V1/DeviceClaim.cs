using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceClaim
{
    [Field(1, Always = true)]
    public ApiList<DeviceRequest> Requests { get; init; } = [];

    [Field(2)]
    public ApiList<DeviceConstraint> Constraints { get; init; } = [];

    [Field(3)]
    public ApiList<DeviceClaimConfiguration> Config { get; init; } = [];
}
