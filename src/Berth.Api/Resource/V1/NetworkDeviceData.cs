using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Facts about a network device.</summary>
public sealed partial record NetworkDeviceData
{
    /// <summary>Name of the interface in the pod.</summary>
    [Field(1)]
    public string InterfaceName { get; init; } = "";

    /// <summary>Its addresses, with the length of the prefix.</summary>
    [Field(2)]
    public ApiList<string> Ips { get; init; } = [];

    /// <summary>Its hardware address.</summary>
    [Field(3)]
    public string HardwareAddress { get; init; } = "";
}
