using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

/// <summary>For whom an endpoint is meant.</summary>
public sealed partial record EndpointHints
{
    /// <summary>Zones that should use it; 8 at most.</summary>
    [Field(1)]
    public ApiList<ForZone> ForZones { get; init; } = [];

    /// <summary>Nodes that should use it; 8 at most.</summary>
    [Field(2)]
    public ApiList<ForNode> ForNodes { get; init; } = [];
}
