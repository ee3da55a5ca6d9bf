using Berth.Api.Schema;

namespace Berth.Api.Authorization.V1;

public sealed partial record SubjectAccessReviewStatus
{
    [Field(1, Always = true, Required = true)]
    public bool Allowed { get; init; }

    [Field(2)]
    public string Reason { get; init; } = "";

    [Field(3)]
    public string EvaluationError { get; init; } = "";

    [Field(4)]
    public bool Denied { get; init; }
}
