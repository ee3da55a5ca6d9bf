using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record LimitedPriorityLevelConfiguration
{
    [Field(1, Always = true)]
    public int? NominalConcurrencyShares { get; init; }

    [Field(2)]
    public LimitResponse LimitResponse { get; init; } = LimitResponse.Empty;

    [Field(3)]
    public int? LendablePercent { get; init; }

    [Field(4)]
    public int? BorrowingLimitPercent { get; init; }
}
