using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

public sealed partial record Endpoint
{
    [Field(1, Always = true, Required = true), ListSet]
    public ApiList<string> Addresses { get; init; } = [];

    [Field(2)]
    public EndpointConditions Conditions { get; init; } = EndpointConditions.Empty;

    [Field(3)]
    public string? Hostname { get; init; }

    [Field(4)]
    public ObjectReference? TargetRef { get; init; }

    [Field(5)]
    public ApiMap<string> DeprecatedTopology { get; init; } = [];

    [Field(6)]
    public string? NodeName { get; init; }

    [Field(7)]
    public string? Zone { get; init; }

    [Field(8)]
    public EndpointHints? Hints { get; init; }
}
