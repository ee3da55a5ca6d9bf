using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A level whose requests never wait.</summary>
public sealed partial record ExemptPriorityLevelConfiguration
{
    /// <summary>Its part of the server's seats, which others may borrow in part. Default: 0.</summary>
    [Field(1)]
    public int? NominalConcurrencyShares { get; init; }

    /// <summary>How many of its seats others may borrow, in percent. Default: 0.</summary>
    [Field(2)]
    public int? LendablePercent { get; init; }
}
