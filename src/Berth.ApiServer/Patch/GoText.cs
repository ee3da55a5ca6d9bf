using System.Text;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.Patch;

/// <summary>JSON values the way that error messages of Kubernetes show them: <c>map[a:1 b:[x y]]</c>.</summary>
internal static class GoText
{
    public static string Of(JsonNode? node)
    {
        var text = new StringBuilder();
        Append(text, node);
        return text.ToString();
    }

    private static void Append(StringBuilder text, JsonNode? node)
    {
        switch (node)
        {
            case null:
                text.Append("<nil>");
                break;
            case JsonObject map:
                text.Append("map[");
                foreach (var (name, value) in map.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    text.Append(text[^1] == '[' ? "" : " ").Append(name).Append(':');
                    Append(text, value);
                }

                text.Append(']');
                break;
            case JsonArray list:
                text.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : " ");
                    Append(text, list[i]);
                }

                text.Append(']');
                break;
            default:
                text.Append(node);
                break;
        }
    }
}
