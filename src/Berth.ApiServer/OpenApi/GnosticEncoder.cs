using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api.Proto;

namespace Berth.ApiServer.OpenApi;

/// <summary>Writes an OpenAPI document, given as JSON, as the protobuf message that gnostic defines for it.</summary>
internal static class GnosticEncoder
{
    public static byte[] Encode(JsonObject document, GnosticMessage message)
    {
        var writer = new ProtoWriter(1 << 20);
        try
        {
            Write(ref writer, document, message);
            return writer.Written.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    // From the last field to the first, as the writer wants it.
    private static void Write(ref ProtoWriter writer, JsonNode? node, GnosticMessage message)
    {
        if (message.Choices.Count > 0)
        {
            WriteChoice(ref writer, node, message);
            return;
        }

        if (node is JsonArray list)
        {
            // SecurityRequirement's values: StringArray.
            for (var i = list.Count - 1; i >= 0; i--)
                writer.String(1, list[i]!.GetValue<string>());
            return;
        }

        if (node is not JsonObject map)
            return;
        var known = message.Fields.ToDictionary(f => f.Json, StringComparer.Ordinal);
        var parts = new List<(int Number, string Name, JsonNode? Value, GnosticField? Field)>(map.Count);
        foreach (var (name, value) in map)
        {
            if (known.TryGetValue(name, out var field))
                parts.Add((field.Number, name, value, field));
            else if (message.Extensions > 0 && name.StartsWith("x-", StringComparison.Ordinal))
                parts.Add((message.Extensions, name, value, null));
            else if (message.Entries > 0)
                parts.Add((message.Entries, name, value, null));
        }

        // Reversed first: the sort is stable, so that pairs keep the order of the JSON.
        parts.Reverse();
        foreach (var (number, name, value, field) in parts.OrderByDescending(p => p.Number))
        {
            if (field is not null)
                WriteField(ref writer, number, value, field);
            else
                WriteNamed(ref writer, number, name, value, number == message.Extensions ? null : message.EntryMessage);
        }
    }

    private static void WriteChoice(ref ProtoWriter writer, JsonNode? node, GnosticMessage message)
    {
        var choice = message.Choices.First(c => c.When(node));
        if (choice.Message is null)
        {
            writer.Boolean(choice.Number, node!.GetValue<bool>());
            return;
        }

        var before = writer.Length;
        Write(ref writer, node, choice.Message);
        writer.Nest(choice.Number, before);
    }

    private static void WriteField(ref ProtoWriter writer, int number, JsonNode? value, GnosticField field)
    {
        if (value is null)
            return;
        switch (field.Form)
        {
            case GnosticForm.Text:
                writer.String(number, value.GetValue<string>());
                break;
            case GnosticForm.Flag:
                if (value.GetValue<bool>())
                    writer.Boolean(number, true);
                break;
            case GnosticForm.Integer:
                writer.Int64(number, value.GetValue<long>());
                break;
            case GnosticForm.Number:
                writer.Double(number, double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture));
                break;
            case GnosticForm.Texts:
                WriteTexts(ref writer, number, value);
                break;
            case GnosticForm.Nested:
                WriteNested(ref writer, number, value, field.Message!);
                break;
            case GnosticForm.NestedList:
                var items = (JsonArray)value;
                for (var i = items.Count - 1; i >= 0; i--)
                    WriteNested(ref writer, number, items[i], field.Message!);
                break;
            case GnosticForm.Wrapped:
                var wrapper = writer.Length;
                WriteNested(ref writer, 1, value, field.Message!);
                writer.Nest(number, wrapper);
                break;
            case GnosticForm.TextsWrapped:
                var texts = writer.Length;
                WriteTexts(ref writer, 1, value);
                writer.Nest(number, texts);
                break;
            case GnosticForm.Any:
                WriteAny(ref writer, number, value);
                break;
            case GnosticForm.AnyList:
                var values = (JsonArray)value;
                for (var i = values.Count - 1; i >= 0; i--)
                    WriteAny(ref writer, number, values[i]);
                break;
            case GnosticForm.Default:
                WriteDefault(ref writer, number, value);
                break;
        }
    }

    private static void WriteNested(ref ProtoWriter writer, int number, JsonNode? value, GnosticMessage message)
    {
        var before = writer.Length;
        Write(ref writer, value, message);
        writer.Nest(number, before);
    }

    /// <param name="message">Null for extensions, whose values are any JSON.</param>
    private static void WriteNamed(ref ProtoWriter writer, int number, string name, JsonNode? value, GnosticMessage? message)
    {
        var before = writer.Length;
        if (message is null)
            WriteAny(ref writer, 2, value);
        else
            WriteNested(ref writer, 2, value, message);
        writer.String(1, name);
        writer.Nest(number, before);
    }

    private static void WriteTexts(ref ProtoWriter writer, int number, JsonNode value)
    {
        if (value is not JsonArray list)
        {
            writer.String(number, value.GetValue<string>());
            return;
        }

        for (var i = list.Count - 1; i >= 0; i--)
            writer.String(number, list[i]!.GetValue<string>());
    }

    // Readers take the text as YAML, which JSON is.
    private static void WriteAny(ref ProtoWriter writer, int number, JsonNode? value)
    {
        var before = writer.Length;
        writer.String(2, (value?.ToJsonString() ?? "null") + "\n");
        writer.Nest(number, before);
    }

    private static void WriteDefault(ref ProtoWriter writer, int number, JsonNode value)
    {
        var before = writer.Length;
        switch (value.GetValueKind())
        {
            case JsonValueKind.Number:
                writer.Double(1, double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture));
                break;
            case JsonValueKind.True or JsonValueKind.False:
                writer.Boolean(2, value.GetValue<bool>());
                break;
            case JsonValueKind.String:
                writer.String(3, value.GetValue<string>());
                break;
            default:
                return;
        }

        writer.Nest(number, before);
    }
}
