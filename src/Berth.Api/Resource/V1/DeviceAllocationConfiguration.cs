using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceAllocationConfiguration
{
    [Field(1, Always = true, Required = true)]
    public string Source { get; init; } = "";

    [Field(2)]
    public ApiList<string> Requests { get; init; } = [];

    [Field(1, In = [3])]
    public OpaqueDeviceConfiguration? Opaque { get; init; }
}
