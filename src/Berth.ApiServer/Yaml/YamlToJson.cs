using System.Text;
using System.Text.Json.Nodes;
using Berth.ApiServer.Patch;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Berth.ApiServer.Yaml;

/// <summary>Request bodies in YAML to JSON.</summary>
public static class YamlToJson
{
    /// <param name="repeatedKeys">
    /// Takes a line for each key that is set twice (<c>line 8: key "a" already set in map</c>); the last value counts. Null
    /// when nobody asks.
    /// </param>
    /// <exception cref="YamlFormatException">The text is not one YAML document, or JSON cannot hold it.</exception>
    public static byte[] Convert(ReadOnlySpan<byte> yaml, ICollection<string>? repeatedKeys = null)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(yaml);
        }
        catch (ArgumentException)
        {
            throw new YamlFormatException(1, 1, "the text is not UTF-8");
        }

        var parser = new Parser(new StringReader(text.TrimStart('\uFEFF')));
        try
        {
            return JsonTree.ToBytes(new YamlTreeReader(parser, repeatedKeys).ReadDocument());
        }
        catch (YamlException e)
        {
            throw new YamlFormatException(e.Start.Line, e.Start.Column, e.Message);
        }
        catch (InvalidOperationException)
        {
            // The scanner loses its footing in some lists and maps that are not closed.
            var at = parser.Current?.End ?? Mark.Empty;
            throw new YamlFormatException(at.Line, at.Column, "did not find expected ',' or the end of a list or map");
        }
    }

    /// <summary>True for the content types that carry YAML.</summary>
    public static bool IsYaml(string? mediaType) =>
        mediaType is "application/yaml" or "application/apply-patch+yaml" or "text/yaml" or "application/x-yaml" or "text/x-yaml";

    /// <summary>A tree of JSON from the parser's events, with anchors and merge keys resolved.</summary>
    private sealed class YamlTreeReader(Parser parser, ICollection<string>? repeatedKeys)
    {
        // As deep as the JSON reader goes.
        private const int DepthMax = 512;

        // A few bytes of aliases to aliases can stand for billions of nodes. No manifest comes near this.
        private const int AliasedNodesMax = 100_000;

        private readonly Dictionary<AnchorName, Anchored> _anchors = [];
        private int _depth;
        private int _aliasedNodes;

        public JsonNode? ReadDocument()
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return null;
            parser.Consume<DocumentStart>();
            var node = Read();
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
                throw Fail(parser.Current!, "there is more than one document");
            return node;
        }

        private JsonNode? Read()
        {
            if (++_depth > DepthMax)
                throw Fail(parser.Current!, $"nested deeper than {DepthMax}");
            var current = parser.Consume<ParsingEvent>();
            if (current is AnchorAlias alias)
            {
                _depth--;
                return Resolve(alias);
            }

            var anchor = (current as NodeEvent)?.Anchor ?? AnchorName.Empty;
            if (!anchor.IsEmpty)
                _anchors[anchor] = new Anchored(false, null, 0);
            var node = current switch
            {
                Scalar scalar => ReadScalar(scalar),
                SequenceStart => ReadList(),
                MappingStart => ReadMap(),
                _ => throw Fail(current, $"unexpected {current}"),
            };
            if (!anchor.IsEmpty)
                _anchors[anchor] = new Anchored(true, node, Size(node));
            _depth--;
            return node;
        }

        private JsonNode? Resolve(AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value, out var anchored))
                throw Fail(alias, $"unknown anchor '{alias.Value}' referenced");
            if (!anchored.IsComplete)
                throw Fail(alias, $"anchor '{alias.Value}' value contains itself");
            _aliasedNodes += anchored.Size;
            if (_aliasedNodes > AliasedNodesMax)
                throw Fail(alias, "document contains excessive aliasing");
            return anchored.Node?.DeepClone();
        }

        private JsonArray ReadList()
        {
            var list = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Add(Read());
            return list;
        }

        private JsonObject ReadMap()
        {
            var map = new JsonObject();
            var merged = new List<JsonObject>();
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (parser.Accept<Scalar>(out var plain) && plain is { Value: "<<", Style: ScalarStyle.Plain, Tag.IsEmpty: true })
                {
                    parser.MoveNext();
                    ReadMerged(merged);
                    continue;
                }

                var start = parser.Current!;
                var key = ReadKey();
                if (map.ContainsKey(key))
                    repeatedKeys?.Add($"line {start.Start.Line}: key \"{key}\" already set in map");
                map[key] = Read();
            }

            // What stands in the map itself wins, then the maps in the order in which they are merged.
            foreach (var (name, value) in merged.SelectMany(m => m))
            {
                if (!map.ContainsKey(name))
                    map[name] = value?.DeepClone();
            }

            return map;
        }

        private void ReadMerged(List<JsonObject> merged)
        {
            var start = parser.Current!;
            switch (Read())
            {
                case JsonObject map:
                    merged.Add(map);
                    break;
                case JsonArray list when list.All(item => item is JsonObject):
                    merged.AddRange(list.Cast<JsonObject>());
                    break;
                default:
                    throw Fail(start, "map merge requires map or sequence of maps as the value");
            }
        }

        private string ReadKey()
        {
            var start = parser.Current!;
            return Read() switch
            {
                JsonValue value when value.TryGetValue<string>(out var text) => text,
                JsonValue value => value.ToJsonString(),
                null => throw Fail(start, "null cannot be a key in JSON"),
                _ => throw Fail(start, "a list or map cannot be a key in JSON"),
            };
        }

        private static JsonNode? ReadScalar(Scalar scalar)
        {
            var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;
            switch (tag)
            {
                case "":
                    if (scalar.Style != ScalarStyle.Plain || scalar.Tag.IsNonSpecific)
                        return JsonValue.Create(scalar.Value);
                    if (YamlScalar.IsNotFinite(scalar.Value))
                        throw Fail(scalar, $"JSON has no number for {scalar.Value}");
                    return YamlScalar.Resolve(scalar.Value);
                case "tag:yaml.org,2002:int" or "tag:yaml.org,2002:float":
                    return YamlScalar.Number(scalar.Value) ?? throw Fail(scalar, $"cannot decode `{scalar.Value}` as a number");
                case "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null":
                    var node = YamlScalar.Resolve(scalar.Value);
                    if (tag.EndsWith("null", StringComparison.Ordinal) ? node is not null : node?.GetValueKind() is not (System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False))
                        throw Fail(scalar, $"cannot decode `{scalar.Value}` as a {tag[(tag.LastIndexOf(':') + 1)..]}");
                    return node;
                case "tag:yaml.org,2002:binary":
                    try
                    {
                        return JsonValue.Create(Encoding.UTF8.GetString(System.Convert.FromBase64String(scalar.Value)));
                    }
                    catch (FormatException)
                    {
                        throw Fail(scalar, "!!binary value contains invalid base64 data");
                    }

                default:
                    return JsonValue.Create(scalar.Value);
            }
        }

        private static int Size(JsonNode? node) => node switch
        {
            JsonObject map => 1 + map.Sum(m => Size(m.Value)),
            JsonArray list => 1 + list.Sum(Size),
            _ => 1,
        };

        private static YamlFormatException Fail(ParsingEvent at, string problem) => new(at.Start.Line, at.Start.Column, problem);

        private sealed record Anchored(bool IsComplete, JsonNode? Node, int Size);
    }
}
