using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceClassConfiguration
{
    [Field(1, In = [1])]
    public OpaqueDeviceConfiguration? Opaque { get; init; }
}
