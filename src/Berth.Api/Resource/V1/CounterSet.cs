using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record CounterSet
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Required = true)]
    public ApiMap<Counter> Counters { get; init; } = [];
}
