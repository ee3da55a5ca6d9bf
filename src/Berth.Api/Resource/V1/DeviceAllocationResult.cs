using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that a claim has, and their settings.</summary>
public sealed partial record DeviceAllocationResult
{
    /// <summary>The devices.</summary>
    [Field(1)]
    public ApiList<DeviceRequestAllocationResult> Results { get; init; } = [];

    /// <summary>Their settings; later ones win.</summary>
    [Field(2)]
    public ApiList<DeviceAllocationConfiguration> Config { get; init; } = [];
}
