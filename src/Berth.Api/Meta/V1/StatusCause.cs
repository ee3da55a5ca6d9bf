using Berth.Api.Schema;

namespace Berth.Api.Meta.V1;

/// <summary>One of the things that are wrong.</summary>
public sealed partial record StatusCause
{
    /// <summary>Kind of fault, in CamelCase, such as FieldValueInvalid or FieldValueRequired.</summary>
    [Field(1)]
    public string Reason { get; init; } = "";

    /// <summary>The fault in words for people.</summary>
    [Field(2)]
    public string Message { get; init; } = "";

    /// <summary>Path of the field that is wrong, such as spec.containers[0].image; may name several.</summary>
    [Field(3)]
    public string Field { get; init; } = "";
}
