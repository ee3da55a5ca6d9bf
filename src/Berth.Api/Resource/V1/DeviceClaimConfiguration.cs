using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceClaimConfiguration
{
    [Field(1)]
    public ApiList<string> Requests { get; init; } = [];

    [Field(1, In = [2])]
    public OpaqueDeviceConfiguration? Opaque { get; init; }
}
