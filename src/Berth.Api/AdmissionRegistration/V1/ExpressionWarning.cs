using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record ExpressionWarning
{
    [Field(2, Always = true, Required = true)]
    public string FieldRef { get; init; } = "";

    [Field(3, Always = true, Required = true)]
    public string Warning { get; init; } = "";
}
