using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record NetworkDeviceData
{
    [Field(1)]
    public string InterfaceName { get; init; } = "";

    [Field(2)]
    public ApiList<string> Ips { get; init; } = [];

    [Field(3)]
    public string HardwareAddress { get; init; } = "";
}
