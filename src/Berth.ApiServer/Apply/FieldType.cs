using System.Text.Json.Nodes;
using Berth.Api.Schema;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Apply;

/// <summary>How server-side apply sees a value.</summary>
internal enum FieldForm
{
    /// <summary>A single value, owned as such.</summary>
    Scalar,

    /// <summary>A list, map, struct or JSON of any shape that one manager owns as a whole.</summary>
    Atomic,

    Struct,
    Map,

    /// <summary>A list whose items are told apart by keys.</summary>
    KeyedList,

    /// <summary>A list of scalars that are told apart by their value.</summary>
    Set,
}

/// <summary>The schema of one value, seen by server-side apply.</summary>
internal readonly record struct FieldType(FieldForm Form, MessageSchema? Message, ValueSchema? Value)
{
    private static readonly FieldType s_deducedMap = Of(ValueSchema.MapOf(new ValueSchema(ValueKind.Any) { Deduced = true }));

    public static FieldType Of(MessageSchema message) => new(message.Atomic ? FieldForm.Atomic : FieldForm.Struct, message, null);

    public static FieldType Of(ValueSchema? value) => value?.Kind switch
    {
        null => new FieldType(FieldForm.Atomic, null, null),
        ValueKind.Message => new FieldType(value.Atomic || value.Message!.Atomic ? FieldForm.Atomic : FieldForm.Struct, value.Message, value),
        ValueKind.Map => new FieldType(value.Atomic ? FieldForm.Atomic : FieldForm.Map, null, value),
        ValueKind.List => new FieldType(
            value.ListType switch { ListType.Map => FieldForm.KeyedList, ListType.Set => FieldForm.Set, _ => FieldForm.Atomic }, null, value),
        ValueKind.Any => new FieldType(FieldForm.Atomic, null, value),
        _ => new FieldType(FieldForm.Scalar, null, value),
    };

    /// <summary>The type itself; where nothing but the value tells what it is, what the values tell.</summary>
    public FieldType For(JsonNode? value, JsonNode? other = null) =>
        Value is { Deduced: true } && (value is JsonObject || other is JsonObject) ? s_deducedMap : this;

    /// <summary>True when the value is a struct with this field.</summary>
    public bool Declares(string field) => Message?.Field(field) is not null;

    public FieldType Field(string name) => Message is not null ? Of(Message.Field(name)?.Value ?? Message.Unlisted) : Of(Value?.Element);

    public FieldType Item => Of(Value?.Element);

    public FieldType Child(PathElement element) => element.FieldName is { } name ? Field(name) : Item;

    /// <summary>What tells an item of a list apart, or null with the reason when nothing does.</summary>
    public PathElement? ElementOf(JsonNode? item, out string? problem)
    {
        problem = null;
        if (Form == FieldForm.Set)
        {
            problem = item switch
            {
                null => "associative list without keys has an element that's an explicit null",
                JsonObject => "associative list without keys has an element that's a map type",
                JsonArray => "not supported: associative list with lists as elements",
                _ => null,
            };
            return problem is null ? PathElement.Item(FieldValue.Of(item)) : null;
        }

        if (item is not JsonObject map)
        {
            problem = item is null
                ? "associative list with keys may not have a null element"
                : "associative list with keys may not have non-map elements";
            return null;
        }

        var keys = new List<KeyValuePair<string, FieldValue>>(Value!.ListKeys.Count);
        foreach (var key in Value.ListKeys)
        {
            if (map.TryGetPropertyValue(key, out var value))
                keys.Add(new(key, FieldValue.Of(value)));
            else if (Value.Element?.Message?.Field(key)?.DefaultJson is { } fallback)
                keys.Add(new(key, FieldValue.Of(JsonTree.Parse(fallback))));
        }

        if (keys.Count > 0)
            return PathElement.Key(keys);
        problem = $"associative list with keys has an element that omits all key fields [{string.Join(" ", Value.ListKeys.Select(k => $"\"{k}\""))}] (and doesn't have default values for any key fields)";
        return null;
    }

    /// <summary>As <see cref="ElementOf(JsonNode?, out string?)"/>; items of stored objects that nothing tells apart are known by their place.</summary>
    public PathElement ElementOf(JsonNode? item, int index) => ElementOf(item, out _) ?? PathElement.At(index);
}
