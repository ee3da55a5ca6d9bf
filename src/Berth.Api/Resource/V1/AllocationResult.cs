using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record AllocationResult
{
    [Field(1)]
    public DeviceAllocationResult Devices { get; init; } = DeviceAllocationResult.Empty;

    [Field(3)]
    public NodeSelector? NodeSelector { get; init; }

    [Field(5)]
    public Time? AllocationTimestamp { get; init; }
}
