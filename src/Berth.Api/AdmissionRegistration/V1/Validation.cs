using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A rule.</summary>
public sealed partial record Validation
{
    /// <summary>
    /// Expression in CEL that gives true for what is allowed. It knows object, oldObject, request, params, namespaceObject, variables and
    /// authorizer.
    /// </summary>
    [Field(1, Always = true, Required = true)]
    public string Expression { get; init; } = "";

    /// <summary>What the client is told; on one line. Absent: the expression itself.</summary>
    [Field(2)]
    public string Message { get; init; } = "";

    /// <summary>Reason of the refusal: Unauthorized, Forbidden, Invalid or RequestEntityTooLarge. Default: Invalid.</summary>
    [Field(3)]
    public string? Reason { get; init; }

    /// <summary>Expression in CEL that gives the message; wins over message.</summary>
    [Field(4)]
    public string MessageExpression { get; init; } = "";
}
