using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingAdmissionPolicySpec
{
    [Field(1)]
    public ParamKind? ParamKind { get; init; }

    [Field(2)]
    public MatchResources? MatchConstraints { get; init; }

    [Field(3)]
    public ApiList<Validation> Validations { get; init; } = [];

    [Field(4)]
    public string? FailurePolicy { get; init; }

    [Field(5)]
    public ApiList<AuditAnnotation> AuditAnnotations { get; init; } = [];

    [Field(6), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<MatchCondition> MatchConditions { get; init; } = [];

    [Field(7), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<Variable> Variables { get; init; } = [];
}
