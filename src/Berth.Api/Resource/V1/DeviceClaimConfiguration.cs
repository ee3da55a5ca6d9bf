using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Settings of devices.</summary>
public sealed partial record DeviceClaimConfiguration
{
    /// <summary>Requests that they are for; empty: all. REQUEST/SUBREQUEST names one of several choices.</summary>
    [Field(1)]
    public ApiList<string> Requests { get; init; } = [];

    /// <summary>The settings, for one driver.</summary>
    [Field(1, In = [2])]
    public OpaqueDeviceConfiguration? Opaque { get; init; }
}
