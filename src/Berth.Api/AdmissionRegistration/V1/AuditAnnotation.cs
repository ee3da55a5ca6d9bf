using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A word for the audit log.</summary>
public sealed partial record AuditAnnotation
{
    /// <summary>Its name, unique in the policy; the log has POLICY/KEY.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>Expression in CEL that gives text, or null for none; 5 KiB at most.</summary>
    [Field(2, Always = true, Required = true)]
    public string ValueExpression { get; init; } = "";
}
