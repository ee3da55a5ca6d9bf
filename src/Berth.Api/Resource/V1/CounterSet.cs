using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Amounts that devices of a pool share, such as the memory that its partitions are made of.</summary>
public sealed partial record CounterSet
{
    /// <summary>Its name, a DNS label.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Amounts by name; 32 at most.</summary>
    [Field(2, Required = true)]
    public ApiMap<Counter> Counters { get; init; } = [];
}
