using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>What was found when the expressions were checked against the types.</summary>
public sealed partial record TypeChecking
{
    /// <summary>Doubts, one for each expression that has some.</summary>
    [Field(1)]
    public ApiList<ExpressionWarning> ExpressionWarnings { get; init; } = [];
}
