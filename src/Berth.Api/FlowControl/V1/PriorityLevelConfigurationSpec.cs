using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record PriorityLevelConfigurationSpec
{
    [Field(1, Always = true, Required = true)]
    public string Type { get; init; } = "";

    [Field(2)]
    public LimitedPriorityLevelConfiguration? Limited { get; init; }

    [Field(3)]
    public ExemptPriorityLevelConfiguration? Exempt { get; init; }
}
