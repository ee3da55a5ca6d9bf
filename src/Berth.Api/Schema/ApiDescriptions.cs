using System.Text;

namespace Berth.Api.Schema;

/// <summary>
/// What types and fields of the API mean, in words: the <c>summary</c> above each record and property, which OpenAPI publishes
/// and <c>kubectl explain</c> shows. Read from the assembly at each call; who needs many texts of a type asks once.
/// </summary>
public static partial class ApiDescriptions
{
    /// <summary>Texts of a type.</summary>
    /// <returns>The type's own text first, then one for each field in the order of its schema, empty for those without; null when nothing is said of the type.</returns>
    public static string[]? Of(MessageSchema schema)
    {
        var lines = Lines(schema.Name);
        return lines.IsEmpty ? null : Encoding.UTF8.GetString(lines).Split('\n');
    }

    private static partial ReadOnlySpan<byte> Lines(string definition);
}
