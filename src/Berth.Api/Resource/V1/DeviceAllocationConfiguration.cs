using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Settings of devices that a claim has.</summary>
public sealed partial record DeviceAllocationConfiguration
{
    /// <summary>FromClass or FromClaim: where they come from.</summary>
    [Field(1, Always = true, Required = true)]
    public string Source { get; init; } = "";

    /// <summary>Requests that they are for; empty: all.</summary>
    [Field(2)]
    public ApiList<string> Requests { get; init; } = [];

    /// <summary>The settings, for one driver.</summary>
    [Field(1, In = [3])]
    public OpaqueDeviceConfiguration? Opaque { get; init; }
}
