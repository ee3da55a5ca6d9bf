using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EventSeries
{
    [Field(1)]
    public int Count { get; init; }

    [Field(2, Always = true)]
    public MicroTime? LastObservedTime { get; init; }
}
