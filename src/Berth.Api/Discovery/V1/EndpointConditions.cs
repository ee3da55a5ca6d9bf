using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

public sealed partial record EndpointConditions
{
    [Field(1)]
    public bool? Ready { get; init; }

    [Field(2)]
    public bool? Serving { get; init; }

    [Field(3)]
    public bool? Terminating { get; init; }
}
