using Berth.Api.Schema;

namespace Berth.Api.Events.V1;

public sealed partial record EventSeries
{
    [Field(1, Always = true, Required = true)]
    public int Count { get; init; }

    [Field(2, Always = true, Required = true)]
    public MicroTime? LastObservedTime { get; init; }
}
