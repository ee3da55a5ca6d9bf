using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>A level whose requests wait for seats.</summary>
public sealed partial record LimitedPriorityLevelConfiguration
{
    /// <summary>Its part of the server's seats, against the shares of all other levels. Default: 30.</summary>
    [Field(1, Always = true)]
    public int? NominalConcurrencyShares { get; init; }

    /// <summary>What happens to requests for which there is no seat.</summary>
    [Field(2)]
    public LimitResponse LimitResponse { get; init; } = LimitResponse.Empty;

    /// <summary>How many of its seats others may borrow while they are free, in percent from 0 to 100. Default: 0.</summary>
    [Field(3)]
    public int? LendablePercent { get; init; }

    /// <summary>How many seats it may borrow, in percent of its own. Absent: any number.</summary>
    [Field(4)]
    public int? BorrowingLimitPercent { get; init; }
}
