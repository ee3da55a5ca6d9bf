using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that a claim has, and who uses them.</summary>
public sealed partial record ResourceClaimStatus
{
    /// <summary>The devices; absent: none yet.</summary>
    [Field(1)]
    public AllocationResult? Allocation { get; init; }

    /// <summary>Who may use them; 256 at most.</summary>
    [Field(2), ListMap("uid"), PatchStrategy("merge", "uid")]
    public ApiList<ResourceClaimConsumerReference> ReservedFor { get; init; } = [];

    /// <summary>What drivers tell of the devices.</summary>
    [Field(4), ListMap("driver", "device", "pool", "shareID")]
    public ApiList<AllocatedDeviceStatus> Devices { get; init; } = [];
}
