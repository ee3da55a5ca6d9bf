using Berth.Api.Schema;

namespace Berth.Api.Coordination.V1;

/// <summary>Who holds a lease, and since when.</summary>
public sealed partial record LeaseSpec
{
    /// <summary>Who holds it.</summary>
    [Field(1)]
    public string? HolderIdentity { get; init; }

    /// <summary>Seconds after renewTime at which others may take it.</summary>
    [Field(2)]
    public int? LeaseDurationSeconds { get; init; }

    /// <summary>When it was taken.</summary>
    [Field(3)]
    public MicroTime? AcquireTime { get; init; }

    /// <summary>When it was last renewed.</summary>
    [Field(4)]
    public MicroTime? RenewTime { get; init; }

    /// <summary>How often its holder changed.</summary>
    [Field(5)]
    public int? LeaseTransitions { get; init; }

    /// <summary>How the leader is chosen where a coordinator does that, such as OldestEmulationVersion.</summary>
    [Field(6)]
    public string? Strategy { get; init; }

    /// <summary>Who should have it next; the holder gives it up. Needs strategy.</summary>
    [Field(7)]
    public string? PreferredHolder { get; init; }
}
