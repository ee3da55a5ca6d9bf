using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>A request for devices. Exactly one of exactly and firstAvailable.</summary>
public sealed partial record DeviceRequest
{
    /// <summary>Its name, a DNS label unique in the claim.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>The devices.</summary>
    [Field(2)]
    public ExactDeviceRequest? Exactly { get; init; }

    /// <summary>Several choices, the best first; the first that can be met counts. 8 at most.</summary>
    [Field(3)]
    public ApiList<DeviceSubRequest> FirstAvailable { get; init; } = [];
}
