using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>A rule for a value, as an expression in CEL.</summary>
public sealed partial record ValidationRule
{
    /// <summary>Expression that gives true for what is allowed. It knows self, the value, and oldSelf, the value before an update.</summary>
    [Field(1, Always = true, Required = true)]
    public string Rule { get; init; } = "";

    /// <summary>What the client is told; on one line. Needed when the rule has several lines.</summary>
    [Field(2)]
    public string Message { get; init; } = "";

    /// <summary>Expression in CEL that gives the message; wins over message.</summary>
    [Field(3)]
    public string MessageExpression { get; init; } = "";

    /// <summary>FieldValueInvalid, FieldValueForbidden, FieldValueRequired or FieldValueDuplicate. Default: FieldValueInvalid.</summary>
    [Field(4)]
    public string? Reason { get; init; }

    /// <summary>Field that the refusal names, from the value on, such as .spec.min. Default: the value itself.</summary>
    [Field(5)]
    public string FieldPath { get; init; } = "";

    /// <summary>True: oldSelf is optional, and the rule also holds when there was no value before.</summary>
    [Field(6)]
    public bool? OptionalOldSelf { get; init; }
}
