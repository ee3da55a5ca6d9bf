using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Devices that are wanted.</summary>
public sealed partial record DeviceClaim
{
    /// <summary>The requests; all must be met. 32 at most.</summary>
    [Field(1, Always = true)]
    public ApiList<DeviceRequest> Requests { get; init; } = [];

    /// <summary>What the devices must have in common.</summary>
    [Field(2)]
    public ApiList<DeviceConstraint> Constraints { get; init; } = [];

    /// <summary>Settings, handed to their drivers.</summary>
    [Field(3)]
    public ApiList<DeviceClaimConfiguration> Config { get; init; } = [];
}
