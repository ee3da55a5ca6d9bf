using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record TypeChecking
{
    [Field(1)]
    public ApiList<ExpressionWarning> ExpressionWarnings { get; init; } = [];
}
