using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

/// <summary>Requests of some users for some things.</summary>
public sealed partial record PolicyRulesWithSubjects
{
    /// <summary>Who asks; one must match.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<Subject> Subjects { get; init; } = [];

    /// <summary>Resources; one of these or of nonResourceRules must match.</summary>
    [Field(2)]
    public ApiList<ResourcePolicyRule> ResourceRules { get; init; } = [];

    /// <summary>Other paths.</summary>
    [Field(3)]
    public ApiList<NonResourcePolicyRule> NonResourceRules { get; init; } = [];
}
