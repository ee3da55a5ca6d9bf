using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Settings of devices of a class.</summary>
public sealed partial record DeviceClassConfiguration
{
    /// <summary>The settings, for one driver.</summary>
    [Field(1, In = [1])]
    public OpaqueDeviceConfiguration? Opaque { get; init; }
}
