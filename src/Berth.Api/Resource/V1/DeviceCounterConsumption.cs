using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>What a device takes from a set of counters.</summary>
public sealed partial record DeviceCounterConsumption
{
    /// <summary>Name of the set.</summary>
    [Field(1, Always = true, Required = true)]
    public string CounterSet { get; init; } = "";

    /// <summary>How much of each.</summary>
    [Field(2, Required = true)]
    public ApiMap<Counter> Counters { get; init; } = [];
}
