using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Swap of a node.</summary>
public sealed partial record NodeSwapStatus
{
    /// <summary>Bytes of swap.</summary>
    [Field(1)]
    public long? Capacity { get; init; }
}
