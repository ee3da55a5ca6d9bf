using Berth.Api.Schema;

namespace Berth.Api.Events.V1;

/// <summary>Something that happens again and again.</summary>
public sealed partial record EventSeries
{
    /// <summary>How often it has been seen.</summary>
    [Field(1, Always = true, Required = true)]
    public int Count { get; init; }

    /// <summary>When it was last seen.</summary>
    [Field(2, Always = true, Required = true)]
    public MicroTime? LastObservedTime { get; init; }
}
