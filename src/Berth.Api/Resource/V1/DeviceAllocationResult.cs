using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceAllocationResult
{
    [Field(1)]
    public ApiList<DeviceRequestAllocationResult> Results { get; init; } = [];

    [Field(2)]
    public ApiList<DeviceAllocationConfiguration> Config { get; init; } = [];
}
