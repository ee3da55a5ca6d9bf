using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.Apply;

/// <summary>
/// The annotation in which kubectl's client-side apply keeps what it applied last. When kubectl goes over to server-side
/// apply, it tells which conflicts are with kubectl itself, and it is kept up to date so that one can go back.
/// </summary>
internal static class LastApplied
{
    public const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    // Limit of all annotations together, as validation has it.
    private const int AnnotationBytesMax = 256 * 1024;

    /// <summary>What the live object still has as it was applied; null without the annotation, or when it cannot be used.</summary>
    public static FieldSet? UnchangedFields(JsonObject live, FieldType type, string apiVersion)
    {
        if (Of(live) is not { } text)
            return null;
        try
        {
            if (JsonTree.Parse(text) is not JsonObject applied || applied["apiVersion"]?.ToString() != apiVersion)
                return null;
            applied.Remove("apiVersion");
            applied.Remove("kind");
            var comparison = FieldComparison.Of(applied, live, type);
            return FieldExtraction.Of(applied, type).Except(comparison.Modified).Except(comparison.Added).Except(comparison.Removed);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Brings the annotation up to date, where the object has it.</summary>
    public static void Refresh(JsonObject merged, JsonObject applied)
    {
        if (Of(merged) is null)
            return;
        var copy = (JsonObject)applied.DeepClone();
        (copy["metadata"]?["annotations"] as JsonObject)?.Remove(Annotation);
        if (copy["metadata"] is JsonObject { } metadata && metadata["annotations"] is JsonObject { Count: 0 })
            metadata["annotations"] = new JsonObject();
        var annotations = (JsonObject)merged["metadata"]!["annotations"]!;
        annotations[Annotation] = Canonical(copy);
        if (annotations.Sum(a => Encoding.UTF8.GetByteCount(a.Key) + Encoding.UTF8.GetByteCount(a.Value?.ToString() ?? "")) > AnnotationBytesMax)
            annotations.Remove(Annotation);
    }

    private static string? Of(JsonObject value) =>
        (value["metadata"]?["annotations"] as JsonObject)?[Annotation] is JsonValue text && text.TryGetValue<string>(out var found) && found.Length > 0
            ? found
            : null;

    // kubectl compares this text with its own: sorted names, its escapes, a line end.
    private static string Canonical(JsonObject value)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, ApiJson.WriterOptions))
            WriteSorted(writer, value);
        return new StringBuilder(Encoding.UTF8.GetString(buffer.WrittenSpan))
            .Replace("<", "\\u003c").Replace(">", "\\u003e").Replace("&", "\\u0026").Append('\n').ToString();
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var (name, value) in map.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    WriteSorted(writer, value);
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (var item in list)
                    WriteSorted(writer, item);
                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
