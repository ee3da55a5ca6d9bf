using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record FlowSchemaSpec
{
    [Field(1, Required = true)]
    public PriorityLevelConfigurationReference PriorityLevelConfiguration { get; init; } = PriorityLevelConfigurationReference.Empty;

    [Field(2, Always = true)]
    public int MatchingPrecedence { get; init; }

    [Field(3)]
    public FlowDistinguisherMethod? DistinguisherMethod { get; init; }

    [Field(4)]
    public ApiList<PolicyRulesWithSubjects> Rules { get; init; } = [];
}
