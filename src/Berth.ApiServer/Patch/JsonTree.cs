using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;

namespace Berth.ApiServer.Patch;

/// <summary>
/// JSON bytes to and from <see cref="JsonNode"/>. Of repeated names the last one counts, as in Kubernetes; the parser of
/// the library would fail on first access instead.
/// </summary>
public static class JsonTree
{
    // No API type nests deeper than a JSON schema, which stays far below this; the recursion below needs a bound.
    private const int DepthMax = 512;

    /// <exception cref="JsonException">The bytes are not one JSON document.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
        if (!reader.Read())
            throw new JsonException("The document is empty.");
        var node = Read(ref reader);
        while (reader.Read())
        {
            // The reader throws on anything but white space.
        }

        return node;
    }

    /// <exception cref="JsonException">The text is not one JSON document.</exception>
    public static JsonNode? Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    public static byte[] ToBytes(JsonNode? node)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
        {
            if (node is null)
                writer.WriteNullValue();
            else
                node.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The tree of a typed object as it is stored.</summary>
    public static JsonObject Of(IMessage value) => (JsonObject)Parse(ApiJson.Serialize(value))!;

    private static JsonNode? Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new JsonObject();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    map[name] = Read(ref reader);
                }

                return map;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Add(Read(ref reader));
                return list;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString()!);
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            case JsonTokenType.Number:
                // Everything but a plain integer keeps the digits it came with.
                return reader.TryGetInt64(out var integer) ? JsonValue.Create(integer) : JsonValue.Create(JsonElement.ParseValue(ref reader));
            default:
                return null;
        }
    }
}
