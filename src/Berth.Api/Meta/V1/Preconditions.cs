using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>What must be true of an object for it to be deleted.</summary>
public sealed partial record Preconditions
{
    /// <summary>The object must have this uid.</summary>
    [Field(1)]
    public string? Uid { get; init; }

    /// <summary>The object must have this resource version.</summary>
    [Field(2)]
    public string? ResourceVersion { get; init; }
}
