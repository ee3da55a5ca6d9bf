using System.Text.Json;
using Berth.Api;

namespace Berth.ApiServer.Apply;

/// <summary>
/// Field sets in the form of <c>metadata.managedFields[].fieldsV1</c>: an object per path element, empty for a leaf, with
/// <c>"."</c> where the element is in the set beside what is below it. Printed sorted, byte for byte as Kubernetes does.
/// </summary>
internal static class FieldSetJson
{
    // Paths are as deep as the objects they lead into.
    private const int DepthMax = 512;

    /// <exception cref="FormatException">The JSON is no field set.</exception>
    public static FieldSet Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
            reader.Read();
            var set = reader.TokenType switch
            {
                JsonTokenType.StartObject => Read(ref reader, out _),
                JsonTokenType.Null => FieldSet.Empty,
                _ => throw new FormatException("a field set is a JSON object"),
            };
            while (reader.Read())
            {
                // The reader throws on anything but white space.
            }

            return set;
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public static RawJson Print(FieldSet set)
    {
        using var buffer = new MemoryStream(512);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
            Write(writer, set, false);
        return new RawJson(buffer.ToArray());
    }

    /// <param name="self">True when the element that the object stands for is in the set itself: a leaf, or one that says so.</param>
    private static FieldSet Read(ref Utf8JsonReader reader, out bool self)
    {
        var set = new FieldSet();
        self = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isSelf = reader.ValueTextEquals("."u8);
            var element = isSelf ? null : PathElement.Parse(reader.GetString()!);
            reader.Read();
            if (element is null || reader.TokenType != JsonTokenType.StartObject)
            {
                // Elements of kinds that a later version may know are dropped with what is below them.
                self |= isSelf;
                if (element is not null)
                    set.Add(element, true, FieldSet.Empty);
                reader.Skip();
                continue;
            }

            var below = Read(ref reader, out var owned);
            set.Add(element, owned, below);
        }

        self |= set.IsEmpty;
        return set;
    }

    private static void Write(Utf8JsonWriter writer, FieldSet set, bool self)
    {
        writer.WriteStartObject();
        if (self)
        {
            writer.WriteStartObject(".");
            writer.WriteEndObject();
        }

        foreach (var entry in set.Entries)
        {
            writer.WritePropertyName(entry.Element.Serialize());
            Write(writer, entry.Below ?? FieldSet.Empty, entry.Owned && entry.Below is not null);
        }

        writer.WriteEndObject();
    }
}
