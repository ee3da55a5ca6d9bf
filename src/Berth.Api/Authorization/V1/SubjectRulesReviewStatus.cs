using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record SubjectRulesReviewStatus
{
    [Field(1, Always = true, Required = true)]
    public ApiList<ResourceRule> ResourceRules { get; init; } = [];

    [Field(2, Always = true, Required = true)]
    public ApiList<NonResourceRule> NonResourceRules { get; init; } = [];

    [Field(3, Always = true, Required = true)]
    public bool Incomplete { get; init; }

    [Field(4)]
    public string EvaluationError { get; init; } = "";
}
