using System.Text.Json;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>How large values of a schema can be. What the schema does not bound, the size of a request does.</summary>
internal static class SchemaSizes
{
    private const long RequestBytesMax = 3 * 1024 * 1024;

    // The quotes or brackets around a value.
    private const long Around = 2;

    /// <summary>In bytes; a character may take four.</summary>
    public static long OfText(StructuralSchema schema)
    {
        if (schema.Source.MaxLength is { } length)
            return Math.Max(0, length) * (schema.Source.Format == "byte" ? 1 : 4);
        var texts = schema.Enum.Where(e => e?.GetValueKind() == JsonValueKind.String).Select(e => (long)e!.GetValue<string>().Length).ToList();
        return texts.Count > 0 ? texts.Max() : RequestBytesMax - Around;
    }

    public static long OfList(StructuralSchema schema) =>
        schema.Source.MaxItems is { } items ? Math.Max(0, items) : (RequestBytesMax - Around) / (Least(schema.Items!) + 1);

    public static long OfMap(StructuralSchema schema) =>
        schema.Source.MaxProperties is { } properties ? Math.Max(0, properties) : (RequestBytesMax - Around) / (Least(schema.Additional!) + 6);

    /// <summary>How often a value can occur in an object at most, by its size alone.</summary>
    public static long Occurrences(StructuralSchema schema) => RequestBytesMax / (Least(schema) + 1);

    // Bytes of the smallest value as JSON.
    private static long Least(StructuralSchema schema) => schema.Type switch
    {
        "string" => schema.Source.Format switch { "date" => 12, "date-time" => 21, "duration" => 3, _ => 2 },
        "boolean" => 4,
        "array" => Around,
        "object" => Around + schema.Source.Required
            .Where(r => schema.Properties.TryGetValue(r, out var property) && property.Default is null)
            .Sum(r => r.Length + Least(schema.Properties[r]) + 4),
        _ => 1,
    };
}
