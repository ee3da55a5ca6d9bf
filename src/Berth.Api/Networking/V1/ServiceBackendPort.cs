using Berth.Api.Schema;

namespace Berth.Api.Networking.V1;

/// <summary>A port of a Service, by name or by number.</summary>
[Atomic]
public sealed partial record ServiceBackendPort
{
    /// <summary>Its name.</summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>Its number.</summary>
    [Field(2)]
    public int Number { get; init; }
}
