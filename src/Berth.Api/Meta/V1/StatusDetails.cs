using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>What a failure is about.</summary>
public sealed partial record StatusDetails
{
    /// <summary>Name of the object.</summary>
    [Field(1)]
    public string Name { get; init; } = "";

    /// <summary>API group of the object.</summary>
    [Field(2)]
    public string Group { get; init; } = "";

    /// <summary>Kind or resource of the object.</summary>
    [Field(3)]
    public string Kind { get; init; } = "";

    /// <summary>All that is wrong, one by one.</summary>
    [Field(4)]
    public ApiList<StatusCause> Causes { get; init; } = [];

    /// <summary>Seconds after which it is worth to try again; 0 or absent when that is not known.</summary>
    [Field(5)]
    public int RetryAfterSeconds { get; init; }

    /// <summary>Uid of the object.</summary>
    [Field(6)]
    public string Uid { get; init; } = "";
}
