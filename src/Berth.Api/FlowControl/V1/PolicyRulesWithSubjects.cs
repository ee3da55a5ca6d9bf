using Berth.Api.Schema;

namespace Berth.Api.FlowControl.V1;

public sealed partial record PolicyRulesWithSubjects
{
    [Field(1, Always = true, Required = true)]
    public ApiList<Subject> Subjects { get; init; } = [];

    [Field(2)]
    public ApiList<ResourcePolicyRule> ResourceRules { get; init; } = [];

    [Field(3)]
    public ApiList<NonResourcePolicyRule> NonResourceRules { get; init; } = [];
}
