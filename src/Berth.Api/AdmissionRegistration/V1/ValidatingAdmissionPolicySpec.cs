using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Rules, and for what.</summary>
public sealed partial record ValidatingAdmissionPolicySpec
{
    /// <summary>Kind of the parameters; absent: none.</summary>
    [Field(1)]
    public ParamKind? ParamKind { get; init; }

    /// <summary>Requests that they are for.</summary>
    [Field(2)]
    public MatchResources? MatchConstraints { get; init; }

    /// <summary>The rules; all must hold. Needed unless auditAnnotations are given.</summary>
    [Field(3)]
    public ApiList<Validation> Validations { get; init; } = [];

    /// <summary>What an expression that fails means: Fail refuses the request, Ignore goes on without. Default: Fail.</summary>
    [Field(4)]
    public string? FailurePolicy { get; init; }

    /// <summary>Words for the audit log.</summary>
    [Field(5)]
    public ApiList<AuditAnnotation> AuditAnnotations { get; init; } = [];

    /// <summary>Conditions that all must hold; 64 at most.</summary>
    [Field(6), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<MatchCondition> MatchConditions { get; init; } = [];

    /// <summary>Expressions with names, each of which may use those before it.</summary>
    [Field(7), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<Variable> Variables { get; init; } = [];
}
