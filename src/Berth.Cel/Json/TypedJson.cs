using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Cel.Types;
using Berth.Cel.Values;

namespace Berth.Cel.Json;

/// <summary>
/// Trees of JSON as values of types that are known: times are times, bytes are bytes, numbers are doubles. What does not fit its
/// type fails when it is read. Members are adapted when they are read; the tree must not change while its values are in use.
/// </summary>
public static class TypedJson
{
    public static CelValue Of(JsonNode? node, CelType type)
    {
        if (node is null)
            return CelNull.Instance;
        return (type, node) switch
        {
            (CelObjectType known, JsonObject map) => new TypedObject(known, map),
            (SchemaListType list, JsonArray items) => new SchemaList(list, items),
            ({ Kind: CelKind.List }, JsonArray items) => new TypedList(type.Parameters[0], items),
            ({ Kind: CelKind.Map }, JsonObject map) => new TypedMap(type.Parameters[1], map),
            ({ Kind: CelKind.Dyn }, _) => JsonValues.Of(node),
            (_, JsonValue value) => Scalar(value, type),
            _ => Mismatch(node, type),
        };
    }

    private static CelValue Scalar(JsonValue value, CelType type)
    {
        var plain = JsonValues.Scalar(value);
        return (type.Kind, plain) switch
        {
            (CelKind.Bool, CelBool) or (CelKind.Int, CelInt) or (CelKind.String, CelString) or (CelKind.Double, CelDouble) => plain,
            (CelKind.Double, CelInt whole) => (double)whole.Value,
            // 1.0 is an integer in JSON's eyes.
            (CelKind.Int, CelDouble real) when real.Value == Math.Floor(real.Value) && Math.Abs(real.Value) < 9e18 => (long)real.Value,
            (CelKind.Timestamp, CelString text) => Instant(text.Value),
            (CelKind.Duration, CelString text) => CelDuration.TryParse(text.Value, out var span) ? span : new CelError($"Invalid duration {text.Value}"),
            (CelKind.Bytes, CelString text) => Bytes(text.Value),
            _ => Mismatch(value, type),
        };
    }

    private static CelValue Instant(string text)
    {
        // The format date has no time of day.
        if (CelTimestamp.TryParse(text, out var instant) || CelTimestamp.TryParse(text + "T00:00:00Z", out instant))
            return instant;
        return new CelError($"Invalid date-time {text}");
    }

    private static CelValue Bytes(string text)
    {
        try
        {
            return new CelBytes(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            return new CelError($"Invalid base64 {text}");
        }
    }

    private static CelError Mismatch(JsonNode node, CelType type)
    {
        var found = node.GetValueKind() switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a string",
            JsonValueKind.Number => "a number",
            _ => "a boolean",
        };
        return new CelError($"invalid data, expected a value of type {type}, got {found}");
    }

    private sealed class TypedObject(CelObjectType type, JsonObject node) : CelObject(type)
    {
        // What the type does not know is not there.
        public override IEnumerable<string> Fields => node.Select(m => type.FieldOf(m.Key)).Where(f => type.Field(f) is not null);

        public override CelValue? Find(string field) =>
            type.Field(field) is { } known && node.TryGetPropertyValue(type.NameOf(field), out var member) ? Of(member, known) : null;
    }

    private sealed class TypedMap(CelType values, JsonObject node) : CelMap
    {
        public override int Count => node.Count;

        public override IEnumerable<CelValue> Keys => node.Select(m => (CelValue)m.Key);

        public override CelValue? Find(CelValue key) => key is CelString name && node.TryGetPropertyValue(name.Value, out var member) ? TypedJson.Of(member, values) : null;
    }

    private sealed class TypedList(CelType items, JsonArray node) : CelList
    {
        public override int Count => node.Count;

        public override CelValue this[int index] => TypedJson.Of(node[index], items);
    }
}
