using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A doubt about an expression.</summary>
public sealed partial record ExpressionWarning
{
    /// <summary>Path of the expression.</summary>
    [Field(2, Always = true, Required = true)]
    public string FieldRef { get; init; } = "";

    /// <summary>What is doubtful.</summary>
    [Field(3, Always = true, Required = true)]
    public string Warning { get; init; } = "";
}
