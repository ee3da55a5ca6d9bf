using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record ResourceClaimStatus
{
    [Field(1)]
    public AllocationResult? Allocation { get; init; }

    [Field(2), ListMap("uid"), PatchStrategy("merge", "uid")]
    public ApiList<ResourceClaimConsumerReference> ReservedFor { get; init; } = [];

    [Field(4), ListMap("driver", "device", "pool", "shareID")]
    public ApiList<AllocatedDeviceStatus> Devices { get; init; } = [];
}
