using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api.Schema;

namespace Berth.ApiServer.Apply;

/// <summary>Checks an applied configuration against the schema: unknown fields, wrong types, repeated list items.</summary>
internal sealed class AppliedValidation
{
    private readonly List<string> _errors = [];

    /// <summary>Null when the configuration is sound, else what is wrong, in the words of Kubernetes.</summary>
    public static string? Check(JsonNode? value, MessageSchema schema)
    {
        var validation = new AppliedValidation();
        validation.Check(value, ValueSchema.Of(() => schema), "");
        return validation._errors.Count switch
        {
            0 => null,
            1 => validation._errors[0],
            _ => "errors:" + string.Concat(validation._errors.Select(e => "\n  " + e)),
        };
    }

    private void Check(JsonNode? value, ValueSchema schema, string path)
    {
        // A struct without fields is a union: any JSON may stand there.
        if (value is null || schema.Message is { Atomic: true, Fields.Count: 0 })
            return;
        switch (schema.Kind)
        {
            case ValueKind.Message or ValueKind.Map when value is JsonObject map:
                foreach (var (name, member) in map)
                {
                    var type = schema.Kind == ValueKind.Map ? schema.Element : schema.Message!.Field(name)?.Value ?? schema.Message.Unlisted;
                    if (type is null)
                        _errors.Add($"{path}.{name}: field not declared in schema");
                    else
                        Check(member, type, $"{path}.{name}");
                }

                break;
            case ValueKind.Message or ValueKind.Map:
                Fail(path, $"expected map, got {Show(value)}");
                break;
            case ValueKind.List when value is JsonArray list:
                CheckItems(list, schema, path);
                break;
            case ValueKind.List:
                Fail(path, $"expected list, got {Show(value)}");
                break;
            case ValueKind.Integer or ValueKind.Number when value.GetValueKind() != JsonValueKind.Number:
                Fail(path, $"expected numeric (int or float), got {Name(value)}");
                break;
            case ValueKind.Boolean when value.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False):
                Fail(path, $"expected boolean, got {Show(value)}");
                break;
            case ValueKind.String when schema.Format is "quantity" or "int-or-string":
                if (value is not JsonValue)
                    Fail(path, $"expected any scalar, got {Show(value)}");
                break;
            case ValueKind.String when value.GetValueKind() != JsonValueKind.String:
                Fail(path, $"expected string, got {Show(value)}");
                break;
        }
    }

    private void CheckItems(JsonArray list, ValueSchema schema, string path)
    {
        var type = FieldType.Of(schema);
        var seen = new HashSet<PathElement>();
        for (var i = 0; i < list.Count; i++)
        {
            var element = PathElement.At(i);
            if (type.Form is FieldForm.KeyedList or FieldForm.Set)
            {
                if (type.ElementOf(list[i], out var problem) is not { } known)
                {
                    Fail(path, $"element {i}: {problem}");
                    return;
                }

                element = known;
                if (!seen.Add(element))
                    Fail(path, $"duplicate entries for key {element}");
            }

            Check(list[i], schema.Element!, path + element);
        }
    }

    private void Fail(string path, string problem) => _errors.Add(path.Length == 0 ? problem : $"{path}: {problem}");

    private static string Show(JsonNode value) => value switch
    {
        JsonObject or JsonArray => Name(value),
        _ => $"&value.valueUnstructured{{Value:{value.ToJsonString()}}}",
    };

    private static string Name(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "map[string]interface {}",
        JsonValueKind.Array => "[]interface {}",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => "int64",
    };
}
