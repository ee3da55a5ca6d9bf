using Berth.Api.Schema;

namespace Berth.Api.Node.V1;

/// <summary>What a way of running containers takes besides them.</summary>
public sealed partial record Overhead
{
    /// <summary>Resources for each pod.</summary>
    [Field(1)]
    public ApiMap<Quantity> PodFixed { get; init; } = [];
}
