using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record AllocatedDeviceStatus
{
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public string Pool { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Device { get; init; } = "";

    [Field(4, Always = true), ListMap("type")]
    public ApiList<Condition> Conditions { get; init; } = [];

    [Field(5)]
    public RawJson? Data { get; init; }

    [Field(6)]
    public NetworkDeviceData? NetworkData { get; init; }

    [Field(7)]
    public string? ShareID { get; init; }
}
