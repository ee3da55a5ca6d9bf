using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Cel.Values;

namespace Berth.Cel.Json;

/// <summary>
/// Trees of JSON as values, without a schema: whole numbers are ints, all others doubles. Members are adapted when they are read;
/// the tree must not change while its values are in use.
/// </summary>
public static class JsonValues
{
    public static CelValue Of(JsonNode? node) => node switch
    {
        null => CelNull.Instance,
        JsonObject map => new JsonMap(map),
        JsonArray list => new JsonList(list),
        JsonValue value => Scalar(value),
        _ => CelNull.Instance,
    };

    /// <summary>Back to JSON. Times become texts, bytes base64.</summary>
    /// <exception cref="CelEvaluationException">The value, or one in it, has no form in JSON.</exception>
    public static JsonNode? ToJson(CelValue value)
    {
        switch (value)
        {
            case JsonMap { Node: var node }:
                return node.DeepClone();
            case JsonList { Node: var node }:
                return node.DeepClone();
            case CelNull:
                return null;
            case CelBool b:
                return JsonValue.Create(b.Value);
            case CelInt i:
                return JsonValue.Create(i.Value);
            case CelUint u:
                return JsonValue.Create(u.Value);
            case CelDouble d when double.IsFinite(d.Value):
                return JsonValue.Create(d.Value);
            case CelString or CelBytes or CelTimestamp or CelDuration:
                return JsonValue.Create(value.ToString());
            case CelList list:
                var items = new JsonArray();
                for (var i = 0; i < list.Count; i++)
                    items.Add(ToJson(list[i]));
                return items;
            case CelMap map:
                var members = new JsonObject();
                foreach (var key in map.Keys)
                    members[key is CelString name ? name.Value : throw Impossible(key)] = ToJson(map.Find(key)!);
                return members;
            case CelObject o:
                var fields = new JsonObject();
                foreach (var field in o.Fields)
                    fields[field] = ToJson(o.Find(field)!);
                return fields;
            case CelError error:
                throw new CelEvaluationException(error.Message);
            case Kubernetes.CelQuantity:
                return JsonValue.Create(value.ToString());
            default:
                throw Impossible(value);
        }
    }

    internal static CelValue Scalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(value),
        _ => CelNull.Instance,
    };

    private static CelValue Number(JsonValue value)
    {
        if (value.TryGetValue<long>(out var whole))
            return whole;
        if (value.TryGetValue<int>(out var small))
            return (long)small;
        return value.TryGetValue<double>(out var real) ? real : double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static CelEvaluationException Impossible(CelValue value) => new($"a value of type {value.Type.Name} cannot be converted to JSON");

    private sealed class JsonMap(JsonObject node) : CelMap
    {
        public JsonObject Node => node;

        public override int Count => node.Count;

        public override IEnumerable<CelValue> Keys => node.Select(m => (CelValue)m.Key);

        public override CelValue? Find(CelValue key) => key is CelString name && node.TryGetPropertyValue(name.Value, out var member) ? JsonValues.Of(member) : null;
    }

    private sealed class JsonList(JsonArray node) : CelList
    {
        public JsonArray Node => node;

        public override int Count => node.Count;

        public override CelValue this[int index] => JsonValues.Of(node[index]);
    }
}
