using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record Validation
{
    [Field(1, Always = true, Required = true)]
    public string Expression { get; init; } = "";

    [Field(2)]
    public string Message { get; init; } = "";

    [Field(3)]
    public string? Reason { get; init; }

    [Field(4)]
    public string MessageExpression { get; init; } = "";
}
