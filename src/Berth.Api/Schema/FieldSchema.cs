namespace Berth.Api.Schema;

/// <summary>One field of a <see cref="MessageSchema"/>.</summary>
public sealed record FieldSchema
{
    /// <summary>JSON name.</summary>
    public required string Name { get; init; }

    public required ValueSchema Value { get; init; }

    /// <summary>OpenAPI lists the field as required.</summary>
    public bool Required { get; init; }

    /// <summary>Constant taken for an absent field, as JSON; null when there is none.</summary>
    public string? DefaultJson { get; init; }

    /// <summary><c>x-kubernetes-patch-strategy</c>, or null.</summary>
    public string? PatchStrategy { get; init; }

    /// <summary><c>x-kubernetes-patch-merge-key</c>, or null.</summary>
    public string? MergeKey { get; init; }
}

public enum ValueKind
{
    String,
    Integer,
    Number,
    Boolean,

    /// <summary>A struct described by <see cref="ValueSchema.Message"/>.</summary>
    Message,

    /// <summary>A list of <see cref="ValueSchema.Element"/>.</summary>
    List,

    /// <summary>A map from string to <see cref="ValueSchema.Element"/>.</summary>
    Map,

    /// <summary>JSON of any shape (RawExtension, FieldsV1, JSON).</summary>
    Any,
}

public enum ListType
{
    Atomic,
    Set,
    Map,
}

/// <summary>Shape of a field's value or of a list's or map's element.</summary>
public sealed record ValueSchema(ValueKind Kind)
{
    /// <summary>
    /// OpenAPI format: <c>int32</c>, <c>int64</c>, <c>double</c>, <c>byte</c>, <c>date-time</c>, <c>micro-time</c>,
    /// <c>quantity</c>, <c>int-or-string</c>; null for plain values.
    /// </summary>
    public string? Format { get; init; }

    /// <summary>Set when <see cref="Kind"/> is <see cref="ValueKind.Message"/>.</summary>
    public Func<MessageSchema>? MessageSource { get; init; }

    public MessageSchema? Message => MessageSource?.Invoke();

    /// <summary>Set for lists and maps.</summary>
    public ValueSchema? Element { get; init; }

    public ListType ListType { get; init; }

    /// <summary>Keys of a list of type map, by JSON name.</summary>
    public IReadOnlyList<string> ListKeys { get; init; } = [];

    /// <summary>
    /// JSON of any shape whose objects are merged member by member, its lists and scalars being owned as a whole: what a
    /// custom resource keeps without describing it. Set with <see cref="ValueKind.Any"/>.
    /// </summary>
    public bool Deduced { get; init; }

    /// <summary>A struct or map that is owned as a whole.</summary>
    public bool Atomic { get; init; }

    public static ValueSchema Of(ValueKind kind, string? format = null) => new(kind) { Format = format };

    public static ValueSchema Of(Func<MessageSchema> message, bool atomic = false) =>
        new(ValueKind.Message) { MessageSource = message, Atomic = atomic };

    public static ValueSchema ListOf(ValueSchema element, ListType type = ListType.Atomic, params string[] keys) =>
        new(ValueKind.List) { Element = element, ListType = type, ListKeys = keys };

    public static ValueSchema MapOf(ValueSchema element, bool atomic = false) =>
        new(ValueKind.Map) { Element = element, Atomic = atomic };
}
