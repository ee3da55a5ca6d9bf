using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Which configuration a node had from the API. No longer set since 1.24.</summary>
public sealed partial record NodeConfigStatus
{
    /// <summary>The one that it was told to take.</summary>
    [Field(1)]
    public NodeConfigSource? Assigned { get; init; }

    /// <summary>The one that it used.</summary>
    [Field(2)]
    public NodeConfigSource? Active { get; init; }

    /// <summary>The one that it would have gone back to.</summary>
    [Field(3)]
    public NodeConfigSource? LastKnownGood { get; init; }

    /// <summary>What was wrong with the one that it was told to take.</summary>
    [Field(4)]
    public string Error { get; init; } = "";
}
