using Berth.Api.Schema;

namespace Berth.Api.Discovery.V1;

/// <summary>Whether an endpoint takes connections.</summary>
public sealed partial record EndpointConditions
{
    /// <summary>
    /// True when it takes new connections: serving and not terminating, or always with publishNotReadyAddresses. Absent means true.
    /// </summary>
    [Field(1)]
    public bool? Ready { get; init; }

    /// <summary>True when it can answer, also while it is ending. Absent: as ready.</summary>
    [Field(2)]
    public bool? Serving { get; init; }

    /// <summary>True when it is ending. Absent means false.</summary>
    [Field(3)]
    public bool? Terminating { get; init; }
}
