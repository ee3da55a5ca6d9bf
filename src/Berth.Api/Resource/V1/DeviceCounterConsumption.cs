using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record DeviceCounterConsumption
{
    [Field(1, Always = true, Required = true)]
    public string CounterSet { get; init; } = "";

    [Field(2, Required = true)]
    public ApiMap<Counter> Counters { get; init; } = [];
}
