using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record LimitRangeItem
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2)]
    public ApiMap<Quantity> Max { get; init; } = [];

    [Field(3)]
    public ApiMap<Quantity> Min { get; init; } = [];

    [Field(4)]
    public ApiMap<Quantity> Default { get; init; } = [];

    [Field(5)]
    public ApiMap<Quantity> DefaultRequest { get; init; } = [];

    [Field(6)]
    public ApiMap<Quantity> MaxLimitRequestRatio { get; init; } = [];
}
