using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>What devices of a claim must have in common.</summary>
public sealed partial record DeviceConstraint
{
    /// <summary>Requests that it is for; empty: all.</summary>
    [Field(1)]
    public ApiList<string> Requests { get; init; } = [];

    /// <summary>Attribute that must have the same value in all of them, as DOMAIN/NAME.</summary>
    [Field(2)]
    public string? MatchAttribute { get; init; }

    /// <summary>Attribute that must have another value in each of them, as DOMAIN/NAME.</summary>
    [Field(3)]
    public string? DistinctAttribute { get; init; }
}
