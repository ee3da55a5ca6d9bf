using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

[Atomic]
public sealed partial record MatchResources
{
    [Field(1)]
    public LabelSelector? NamespaceSelector { get; init; }

    [Field(2)]
    public LabelSelector? ObjectSelector { get; init; }

    [Field(3)]
    public ApiList<NamedRuleWithOperations> ResourceRules { get; init; } = [];

    [Field(4)]
    public ApiList<NamedRuleWithOperations> ExcludeResourceRules { get; init; } = [];

    [Field(7)]
    public string? MatchPolicy { get; init; }
}
