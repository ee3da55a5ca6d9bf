using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>What a driver tells of a device that is in use.</summary>
public sealed partial record AllocatedDeviceStatus
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    /// <summary>Pool of the device.</summary>
    [Field(2, Always = true, Required = true)]
    public string Pool { get; init; } = "";

    /// <summary>Name of the device.</summary>
    [Field(3, Always = true, Required = true)]
    public string Device { get; init; } = "";

    /// <summary>State of the device; 8 at most.</summary>
    [Field(4, Always = true), ListMap("type")]
    public ApiList<Condition> Conditions { get; init; } = [];

    /// <summary>Further facts, in the form of the driver; 10 KiB at most.</summary>
    [Field(5)]
    public RawJson? Data { get; init; }

    /// <summary>Facts about a network device.</summary>
    [Field(6)]
    public NetworkDeviceData? NetworkData { get; init; }

    /// <summary>Id of the share, for a device of which several have a part.</summary>
    [Field(7)]
    public string? ShareID { get; init; }
}
