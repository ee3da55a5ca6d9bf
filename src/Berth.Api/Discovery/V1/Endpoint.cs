using Berth.Api.Core.V1;
using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

/// <summary>One endpoint behind a Service.</summary>
public sealed partial record Endpoint
{
    /// <summary>Its addresses, of the type of the slice. Consumers use the first one.</summary>
    [Field(1, Always = true, Required = true), ListSet]
    public ApiList<string> Addresses { get; init; } = [];

    /// <summary>Whether it takes connections.</summary>
    [Field(2)]
    public EndpointConditions Conditions { get; init; } = EndpointConditions.Empty;

    /// <summary>Its name within the Service, for DNS.</summary>
    [Field(3)]
    public string? Hostname { get; init; }

    /// <summary>The object behind it, such as the pod.</summary>
    [Field(4)]
    public ObjectReference? TargetRef { get; init; }

    /// <summary>Labels of the older form; read only.</summary>
    [Field(5)]
    public ApiMap<string> DeprecatedTopology { get; init; } = [];

    /// <summary>Node that it is on.</summary>
    [Field(6)]
    public string? NodeName { get; init; }

    /// <summary>Zone that it is in.</summary>
    [Field(7)]
    public string? Zone { get; init; }

    /// <summary>For whom it is meant.</summary>
    [Field(8)]
    public EndpointHints? Hints { get; init; }
}
