namespace Berth.Api.Schema;

/// <summary>
/// Marks a property of an API type as a wire field. The generator reads it, together with the property's C# type, and
/// writes the type's JSON and protobuf codecs and its <see cref="MessageSchema"/>.
/// </summary>
/// <param name="number">Field number in the Kubernetes protobuf encoding of the type.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(int number) : Attribute
{
    public int Number { get; } = number;

    /// <summary>JSON name, where it is not the property's name with its first letter in lower case.</summary>
    public string? Json { get; init; }

    /// <summary>
    /// Numbers of the protobuf messages that hold this field, outermost first, where Kubernetes embeds a struct inline: JSON has the field
    /// at this level, protobuf one level deeper for each. Empty when the field is the type's own.
    /// </summary>
    public int[] In { get; init; } = [];

    /// <summary>
    /// True when JSON carries the field also at its zero value: no <c>omitempty</c> in the Kubernetes API, or a time held by value. Absent
    /// values, lists and maps are written as null then. Structs held by value are always written, with or without this.
    /// </summary>
    public bool Always { get; init; }

    /// <summary>True when OpenAPI lists the field as required.</summary>
    public bool Required { get; init; }
}
