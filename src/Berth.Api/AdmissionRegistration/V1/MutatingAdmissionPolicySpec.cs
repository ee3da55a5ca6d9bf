using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A change, and for what.</summary>
public sealed partial record MutatingAdmissionPolicySpec
{
    /// <summary>Kind of the parameters; absent: none.</summary>
    [Field(1)]
    public ParamKind? ParamKind { get; init; }

    /// <summary>Requests that it is for.</summary>
    [Field(2)]
    public MatchResources? MatchConstraints { get; init; }

    /// <summary>Expressions with names, each of which may use those before it.</summary>
    [Field(3)]
    public ApiList<Variable> Variables { get; init; } = [];

    /// <summary>The changes, made in this order.</summary>
    [Field(4)]
    public ApiList<Mutation> Mutations { get; init; } = [];

    /// <summary>What an expression that fails means: Fail refuses the request, Ignore goes on without. Default: Fail.</summary>
    [Field(5)]
    public string? FailurePolicy { get; init; }

    /// <summary>Conditions that all must hold; 64 at most.</summary>
    [Field(6), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<MatchCondition> MatchConditions { get; init; } = [];

    /// <summary>IfNeeded asks once more when others have changed the object since; Never does not.</summary>
    [Field(7)]
    public string ReinvocationPolicy { get; init; } = "";
}
