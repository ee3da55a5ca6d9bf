using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record MutatingAdmissionPolicySpec
{
    [Field(1)]
    public ParamKind? ParamKind { get; init; }

    [Field(2)]
    public MatchResources? MatchConstraints { get; init; }

    [Field(3)]
    public ApiList<Variable> Variables { get; init; } = [];

    [Field(4)]
    public ApiList<Mutation> Mutations { get; init; } = [];

    [Field(5)]
    public string? FailurePolicy { get; init; }

    [Field(6), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<MatchCondition> MatchConditions { get; init; } = [];

    [Field(7)]
    public string ReinvocationPolicy { get; init; } = "";
}
