using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record ExemptPriorityLevelConfiguration
{
    [Field(1)]
    public int? NominalConcurrencyShares { get; init; }

    [Field(2)]
    public int? LendablePercent { get; init; }
}
