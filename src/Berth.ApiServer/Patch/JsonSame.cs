using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Patch;

/// <summary>
/// Whether two trees say the same. The library's comparison does too, but goes through a parser for many scalars, which
/// would be most of the cost of a write's field ownership.
/// </summary>
internal static class JsonSame
{
    public static bool Are(JsonNode? left, JsonNode? right)
    {
        switch (left, right)
        {
            case (null, null):
                return true;
            case (JsonValue a, JsonValue b):
                return Scalars(a, b);
            case (JsonObject a, JsonObject b):
                if (a.Count != b.Count)
                    return false;
                foreach (var (name, value) in a)
                {
                    if (!b.TryGetPropertyValue(name, out var other) || !Are(value, other))
                        return false;
                }

                return true;
            case (JsonArray a, JsonArray b):
                if (a.Count != b.Count)
                    return false;
                for (var i = 0; i < a.Count; i++)
                {
                    if (!Are(a[i], b[i]))
                        return false;
                }

                return true;
            default:
                return false;
        }
    }

    private static bool Scalars(JsonValue left, JsonValue right)
    {
        if (left.TryGetValue<string>(out var text))
            return right.TryGetValue<string>(out var other) && text == other;
        if (left.TryGetValue<long>(out var number) && right.TryGetValue<long>(out var otherNumber))
            return number == otherNumber;
        return left.GetValueKind() == right.GetValueKind() && (left.GetValueKind() != JsonValueKind.Number || JsonNode.DeepEquals(left, right));
    }
}
