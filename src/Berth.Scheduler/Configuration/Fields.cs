using System.Globalization;
using System.Text.Json.Nodes;

namespace Berth.Scheduler.Configuration;

/// <summary>One mapping of the configuration being read. What was not asked for is an error at the end: a misspelt field must not be passed over.</summary>
internal sealed class Fields
{
    private readonly JsonObject _object;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <exception cref="ConfigurationException">The node is no mapping.</exception>
    public Fields(JsonNode? node, string path)
    {
        Path = path;
        _object = node as JsonObject ?? (node is null ? [] : throw new ConfigurationException(path, "is not a mapping"));
    }

    public string Path { get; }

    public string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    public JsonNode? Node(string name)
    {
        _asked.Add(name);
        return _object[name];
    }

    public bool Has(string name) => _object[name] is not null;

    public Fields Mapping(string name) => new(Node(name), At(name));

    public IEnumerable<(JsonNode? Node, string Path)> List(string name)
    {
        var node = Node(name);
        if (node is null)
            yield break;
        if (node is not JsonArray array)
            throw new ConfigurationException(At(name), "is not a list");
        for (var i = 0; i < array.Count; i++)
            yield return (array[i], string.Create(CultureInfo.InvariantCulture, $"{At(name)}[{i}]"));
    }

    public string? Text(string name) => Node(name) is { } node
        ? node is JsonValue value && value.TryGetValue(out string? text) ? text : throw new ConfigurationException(At(name), "is not a string")
        : null;

    public IReadOnlyList<string> Texts(string name) =>
        [.. List(name).Select(e => e.Node is JsonValue value && value.TryGetValue(out string? text) ? text : throw new ConfigurationException(e.Path, "is not a string"))];

    public long? Number(string name, long min, long max)
    {
        if (Node(name) is not { } node)
            return null;
        return node is JsonValue value && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new ConfigurationException(At(name), string.Create(CultureInfo.InvariantCulture, $"is not a whole number from {min} to {max}"));
    }

    public bool? Truth(string name) => Node(name) is { } node
        ? node is JsonValue value && value.TryGetValue(out bool truth) ? truth : throw new ConfigurationException(At(name), "is neither true nor false")
        : null;

    /// <summary>A duration in Go's way: <c>15s</c>, <c>1m30s</c>.</summary>
    public TimeSpan? Duration(string name)
    {
        if (Text(name) is not { } text)
            return null;
        var rest = text.AsSpan();
        var sum = TimeSpan.Zero;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                throw new ConfigurationException(At(name), $"\"{text}\" is not a duration such as 15s");
            rest = rest[digits..];
            var letters = rest.IndexOfAny("0123456789.");
            var unit = letters < 0 ? rest : rest[..letters];
            sum += unit switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "s" => TimeSpan.FromSeconds(number),
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                _ => throw new ConfigurationException(At(name), $"\"{text}\" is not a duration such as 15s"),
            };
            rest = rest[unit.Length..];
        }

        return sum;
    }

    /// <summary>Fields that may stand there and change nothing here.</summary>
    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _asked.Add(name);
    }

    /// <exception cref="ConfigurationException">A field was there that nobody asked for.</exception>
    public void End()
    {
        foreach (var (name, _) in _object)
        {
            if (!_asked.Contains(name))
                throw new ConfigurationException(At(name), "there is no such field, or it is not supported");
        }
    }
}
