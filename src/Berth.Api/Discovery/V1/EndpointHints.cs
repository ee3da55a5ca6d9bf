using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

public sealed partial record EndpointHints
{
    [Field(1)]
    public ApiList<ForZone> ForZones { get; init; } = [];

    [Field(2)]
    public ApiList<ForNode> ForNodes { get; init; } = [];
}
