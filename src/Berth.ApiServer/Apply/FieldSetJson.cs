using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Apply;

/// <summary>
/// Field sets in the form of <c>metadata.managedFields[].fieldsV1</c>: an object per path element, empty for a leaf, with
/// <c>"."</c> where the element is in the set beside what is below it. Printed sorted, byte for byte as Kubernetes does.
/// </summary>
internal static class FieldSetJson
{
    /// <exception cref="FormatException">The JSON is no field set.</exception>
    public static FieldSet Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonTree.Parse(json) switch
            {
                JsonObject map => Read(map),
                null => FieldSet.Empty,
                _ => throw new FormatException("a field set is a JSON object"),
            };
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public static RawJson Print(FieldSet set)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
            Write(writer, set, false);
        return new RawJson(buffer.ToArray());
    }

    private static FieldSet Read(JsonObject map)
    {
        var set = new FieldSet();
        Read(map, set, []);
        return set;
    }

    private static void Read(JsonObject map, FieldSet root, List<PathElement> path)
    {
        foreach (var (name, value) in map)
        {
            if (name == "." || PathElement.Parse(name) is not { } element)
                continue;
            var below = value as JsonObject ?? [];
            path.Add(element);

            // A leaf, or a node that says of itself that it is in the set.
            if (below.All(m => m.Key == ".") || below.ContainsKey("."))
                root.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(path));
            Read(below, root, path);
            path.RemoveAt(path.Count - 1);
        }
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
