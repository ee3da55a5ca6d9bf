using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>Requests, and their level.</summary>
public sealed partial record FlowSchemaSpec
{
    /// <summary>The level.</summary>
    [Field(1, Required = true)]
    public PriorityLevelConfigurationReference PriorityLevelConfiguration { get; init; } = PriorityLevelConfigurationReference.Empty;

    /// <summary>
    /// Of the schemas that match a request the one with the lowest number counts, then the first by name. From 1 to 10000. Default: 1000.
    /// </summary>
    [Field(2, Always = true)]
    public int MatchingPrecedence { get; init; }

    /// <summary>What tells flows apart, so that one does not drown the others; absent: the schema is one flow.</summary>
    [Field(3)]
    public FlowDistinguisherMethod? DistinguisherMethod { get; init; }

    /// <summary>Requests; one rule must match. Empty: none do.</summary>
    [Field(4)]
    public ApiList<PolicyRulesWithSubjects> Rules { get; init; } = [];
}
