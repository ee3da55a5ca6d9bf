using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Yaml;

/// <summary>
/// JSON answers to YAML, in the look that kubectl's users know: sorted keys, lists not indented, texts of several lines as
/// blocks, quotes only where a plain text would be read as something else.
/// </summary>
public static class JsonToYaml
{
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static byte[] Convert(ReadOnlySpan<byte> json)
    {
        var output = new StringBuilder();
        Write(output, JsonTree.Parse(json), 0, Place.Root);
        return Encoding.UTF8.GetBytes(output.ToString());
    }

    private enum Place
    {
        Root,

        /// <summary>Behind a key's colon.</summary>
        Member,

        /// <summary>Behind a list's dash.</summary>
        Item,
    }

    private static void Write(StringBuilder output, JsonNode? node, int indent, Place place)
    {
        switch (node)
        {
            case JsonObject { Count: 0 }:
                Inline(output, "{}", place);
                break;
            case JsonArray { Count: 0 }:
                Inline(output, "[]", place);
                break;
            case JsonObject map:
                WriteMap(output, map, indent, place);
                break;
            case JsonArray list:
                WriteList(output, list, indent, place);
                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                if (place != Place.Root)
                    output.Append(' ');
                WriteText(output, text, indent);
                break;
            default:
                Inline(output, node?.ToJsonString() ?? "null", place);
                break;
        }
    }

    private static void Inline(StringBuilder output, string text, Place place) =>
        output.Append(place == Place.Root ? "" : " ").Append(text).Append('\n');

    private static void WriteMap(StringBuilder output, JsonObject map, int indent, Place place)
    {
        // The first key of a map in a list stands behind the dash.
        var first = place == Place.Item;
        if (place == Place.Member)
            output.Append('\n');
        foreach (var (name, value) in map.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            output.Append(' ', first ? 1 : indent);
            first = false;
            output.Append(IsPlain(name) ? name : Quoted(name)).Append(':');

            // Lists stand at the column of their key.
            Write(output, value, value is JsonArray ? indent : indent + 2, Place.Member);
        }
    }

    private static void WriteList(StringBuilder output, JsonArray list, int indent, Place place)
    {
        var first = place == Place.Item;
        if (place == Place.Member)
            output.Append('\n');
        foreach (var item in list)
        {
            output.Append(' ', first ? 1 : indent).Append('-');
            first = false;
            Write(output, item, indent + 2, Place.Item);
        }
    }

    private static void WriteText(StringBuilder output, string text, int indent)
    {
        if (IsPlain(text))
        {
            output.Append(text).Append('\n');
            return;
        }

        if (!IsBlock(text))
        {
            output.Append(Quoted(text)).Append('\n');
            return;
        }

        // "-" and "+" say what becomes of the line ends behind the last line.
        output.Append('|');
        if (text[0] is ' ' or '\n')
            output.Append('2');
        output.Append(!text.EndsWith('\n') ? "-" : text.EndsWith("\n\n", StringComparison.Ordinal) || text == "\n" ? "+" : "").Append('\n');
        var body = text.EndsWith('\n') ? text[..^1] : text;
        foreach (var line in body.Split('\n'))
        {
            if (line.Length > 0)
                output.Append(' ', Math.Max(indent, 2)).Append(line);
            output.Append('\n');
        }
    }

    private static bool IsPlain(string text)
    {
        if (!YamlScalar.IsPlainString(text) || text[0] is ' ' || text[^1] is ' ' or ':')
            return false;
        if (text[0] is '-' or '?' or ':' or ',' or '[' or ']' or '{' or '}' or '#' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`' or '=')
        {
            // Options such as "--follow" are fine: the dash is no list item then.
            if (text[0] != '-' || text.Length < 2 || text[1] == ' ' || text.StartsWith("---", StringComparison.Ordinal))
                return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (IsSpecial(c) || c is '\n' or '\t' || (c == ':' && text[i + 1] == ' ') || (c == '#' && i > 0 && text[i - 1] == ' '))
                return false;
        }

        return !text.StartsWith("...", StringComparison.Ordinal);
    }

    private static bool IsBlock(string text) =>
        text.Contains('\n', StringComparison.Ordinal) && text.Trim('\n', ' ').Length > 0 && !text.Contains('\t', StringComparison.Ordinal)
        && !text.Any(c => c != '\n' && IsSpecial(c)) && !text.Split('\n').Any(line => line.EndsWith(' '));

    // Not printable, or read as a line end by some.
    private static bool IsSpecial(char c) => c != '\n' && c != '\t' && (char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\u0085' || char.IsSurrogate(c));

    private static string Quoted(string text)
    {
        if (!text.Any(c => IsSpecial(c) || c is '\n' or '\t'))
            return text.Length > 0 && YamlScalar.IsPlainString(text) ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : $"\"{Escaped(text)}\"";
        return $"\"{Escaped(text)}\"";
    }

    private static string Escaped(string text)
    {
        var result = new StringBuilder(text.Length + 2);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                result.Append(c).Append(text[++i]);
            else
                result.Append(c switch
                {
                    '"' => "\\\"",
                    '\\' => "\\\\",
                    '\n' => "\\n",
                    '\t' => "\\t",
                    '\r' => "\\r",
                    _ when IsSpecial(c) => "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture),
                    _ => c.ToString(),
                });
        }

        return result.ToString();
    }
}
