using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.CustomResources;

/// <summary>
/// The JSONPath of kubectl and of printer columns: <c>.a.b</c>, <c>['a']</c>, <c>[0]</c>, <c>[-1]</c>, <c>[1:3]</c>, <c>[*]</c>, <c>.*</c>,
/// <c>..name</c> and filters such as <c>[?(@.type=="Ready")]</c>.
/// </summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<Func<JsonNode?, IEnumerable<JsonNode?>>> _steps;

    private JsonPath(IReadOnlyList<Func<JsonNode?, IEnumerable<JsonNode?>>> steps) => _steps = steps;

    /// <summary>Null when it is no path.</summary>
    public static JsonPath? TryParse(string text)
    {
        try
        {
            return new JsonPath(Parse(text));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public IReadOnlyList<JsonNode?> Find(JsonNode? root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (var step in _steps)
            found = found.SelectMany(step);
        return [.. found];
    }

    private static List<Func<JsonNode?, IEnumerable<JsonNode?>>> Parse(string text)
    {
        var steps = new List<Func<JsonNode?, IEnumerable<JsonNode?>>>();
        var at = text.StartsWith('$') || text.StartsWith('@') ? 1 : 0;
        while (at < text.Length)
        {
            if (text[at] == '[')
            {
                var end = CloseOf(text, at);
                steps.Add(Bracket(text[(at + 1)..end].Trim()));
                at = end + 1;
                continue;
            }

            var deep = text.AsSpan(at).StartsWith("..");
            at += deep ? 2 : text[at] == '.' ? 1 : 0;
            var start = at;
            while (at < text.Length && text[at] is not ('.' or '['))
                at += text[at] == '\\' && at + 1 < text.Length ? 2 : 1;
            var name = text[start..at].Replace("\\", "", StringComparison.Ordinal);
            if (name.Length == 0)
                continue;
            steps.Add(deep ? node => Descend(node, name) : name == "*" ? Children : node => Member(node, name));
        }

        return steps;
    }

    private static int CloseOf(string text, int open)
    {
        var depth = 0;
        char? quote = null;
        for (var i = open; i < text.Length; i++)
        {
            if (quote is { } q)
            {
                if (text[i] == q)
                    quote = null;
            }
            else if (text[i] is '\'' or '"')
            {
                quote = text[i];
            }
            else if (text[i] == '[')
            {
                depth++;
            }
            else if (text[i] == ']' && --depth == 0)
            {
                return i;
            }
        }

        throw new FormatException("unterminated array");
    }

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Bracket(string inside)
    {
        if (inside == "*")
            return Children;
        if (inside.StartsWith("?(", StringComparison.Ordinal) && inside.EndsWith(')'))
            return Filter(inside[2..^1].Trim());
        if (inside.Length > 1 && inside[0] is '\'' or '"' && inside[^1] == inside[0])
        {
            var name = inside[1..^1];
            return node => Member(node, name);
        }

        if (inside.Contains(',', StringComparison.Ordinal))
        {
            var parts = inside.Split(',').Select(p => Bracket(p.Trim())).ToArray();
            return node => parts.SelectMany(p => p(node));
        }

        if (inside.Contains(':', StringComparison.Ordinal))
        {
            var bounds = inside.Split(':');
            var (from, to) = (Bound(bounds[0]), Bound(bounds[1]));
            return node => node is JsonArray list ? list.Skip(Place(list, from ?? 0)).Take(Place(list, to ?? list.Count) - Place(list, from ?? 0)) : [];
        }

        if (!int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            throw new FormatException($"invalid array index {inside}");
        return node => node is JsonArray list && Place(list, index) is >= 0 and var place && place < list.Count ? [list[place]] : [];
    }

    private static int? Bound(string text) => text.Length == 0 ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bound) ? bound
        : throw new FormatException($"invalid array index {text}");

    private static int Place(JsonArray list, int index) => index < 0 ? list.Count + index : index;

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Filter(string condition)
    {
        foreach (var sign in (ReadOnlySpan<string>)["==", "!=", "<=", ">=", "<", ">"])
        {
            var at = condition.IndexOf(sign, StringComparison.Ordinal);
            if (at < 0)
                continue;
            var left = Operand(condition[..at].Trim());
            var right = Operand(condition[(at + sign.Length)..].Trim());
            return node => Items(node).Where(item => left(item).Any(l => right(item).Any(r => Holds(l, r, sign))));
        }

        var exists = Operand(condition);
        return node => Items(node).Where(item => exists(item).Any());
    }

    private static Func<JsonNode?, IEnumerable<JsonNode?>> Operand(string text)
    {
        if (text.StartsWith('@') || text.StartsWith('.'))
        {
            var path = new JsonPath(Parse(text));
            return path.Find;
        }

        JsonNode? constant = text.Length > 1 && text[0] is '\'' or '"' && text[^1] == text[0] ? JsonValue.Create(text[1..^1])
            : text is "true" or "false" ? JsonValue.Create(text == "true")
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number)
            : throw new FormatException($"unrecognized operand {text}");
        return _ => [constant];
    }

    private static bool Holds(JsonNode? left, JsonNode? right, string sign)
    {
        if (left is not JsonValue l || right is not JsonValue r)
            return false;
        var order = double.TryParse(l.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
            && double.TryParse(r.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var y)
            ? x.CompareTo(y)
            : string.CompareOrdinal(l.ToString(), r.ToString());
        return sign switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            ">" => order > 0,
            "<=" => order <= 0,
            _ => order >= 0,
        };
    }

    private static IEnumerable<JsonNode?> Items(JsonNode? node) => node as JsonArray ?? (IEnumerable<JsonNode?>)[];

    private static IEnumerable<JsonNode?> Member(JsonNode? node, string name) => node switch
    {
        JsonObject map when map.TryGetPropertyValue(name, out var value) => [value],
        _ => [],
    };

    private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
    {
        JsonArray list => list,
        JsonObject map => map.Select(m => m.Value),
        _ => [],
    };

    private static IEnumerable<JsonNode?> Descend(JsonNode? node, string name)
    {
        foreach (var found in name == "*" ? Children(node) : Member(node, name))
            yield return found;
        foreach (var child in Children(node))
        {
            foreach (var found in Descend(child, name))
                yield return found;
        }
    }
}
