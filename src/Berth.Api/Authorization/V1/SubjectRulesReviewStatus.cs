using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

/// <summary>What somebody may do.</summary>
public sealed partial record SubjectRulesReviewStatus
{
    /// <summary>Resources that may be used.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<ResourceRule> ResourceRules { get; init; } = [];

    /// <summary>Other paths that may be asked for.</summary>
    [Field(2, Always = true, Required = true)]
    public ApiList<NonResourceRule> NonResourceRules { get; init; } = [];

    /// <summary>True when not all rules could be found.</summary>
    [Field(3, Always = true, Required = true)]
    public bool Incomplete { get; init; }

    /// <summary>What went wrong on the way.</summary>
    [Field(4)]
    public string EvaluationError { get; init; } = "";
}
