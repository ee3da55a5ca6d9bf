using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.ApiServer.Patch;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.CustomResources;

/// <summary>Holds a tree to its schema, and says in Kubernetes' words where it does not.</summary>
internal static class SchemaValidation
{
    public static void Validate(FieldErrors errors, FieldPath path, JsonNode? value, StructuralSchema schema)
    {
        if (value is null)
        {
            if (!schema.IsNullable && schema.Type.Length > 0)
                WrongType(errors, path, schema.Type, "null");
            return;
        }

        var type = TypeOf(value);
        if (schema.IsIntOrString)
        {
            if (type is not ("integer" or "string"))
                WrongType(errors, path, "integer,string", type);
        }
        else if (schema.Type.Length > 0 && type != schema.Type && !(schema.Type == "number" && type == "integer"))
        {
            WrongType(errors, path, schema.Type, type);
            return;
        }

        if (schema.Enum.Count > 0 && !schema.Enum.Any(e => JsonSame.Are(e, value)))
            errors.NotSupported(path, value, schema.Enum.Select(e => e is JsonValue v && v.GetValueKind() == JsonValueKind.String ? v.GetValue<string>() : Text(e)));
        switch (value)
        {
            case JsonObject map:
                Object(errors, path, map, schema);
                break;
            case JsonArray list:
                List(errors, path, list, schema);
                break;
            default:
                Scalar(errors, path, value, schema, type);
                break;
        }

        Conditions(errors, path, value, schema);
    }

    /// <summary>Holds all but the metadata of an object to the schema of its version; the type fields are not in the tree.</summary>
    public static void ValidateRoot(FieldErrors errors, JsonObject content, StructuralSchema root)
    {
        foreach (var (name, member) in content)
        {
            if ((root.Properties.GetValueOrDefault(name) ?? root.Additional) is { } known)
                Validate(errors, FieldPath.Root[name], member, known);
        }

        Conditions(errors, FieldPath.Root, content, root);
    }

    /// <summary>Values of lists that may not come twice.</summary>
    public static void ListTypes(FieldErrors errors, FieldPath path, JsonNode? value, StructuralSchema? schema)
    {
        switch (value)
        {
            case JsonObject map when schema is not null:
                foreach (var (name, member) in map)
                    ListTypes(errors, path[name], member, schema.Properties.GetValueOrDefault(name) ?? schema.Additional);
                break;
            case JsonArray list when schema is not null:
                if (schema.Source.XKubernetesListType is "set" or "map")
                    Unique(errors, path, list, schema);
                for (var i = 0; i < list.Count; i++)
                    ListTypes(errors, path[i], list[i], schema.Items);
                break;
        }
    }

    /// <summary>What an object in an object must have to be one.</summary>
    public static void Embedded(FieldErrors errors, FieldPath path, JsonNode? value, StructuralSchema? schema)
    {
        switch (value)
        {
            case JsonObject map when schema is not null:
                if (schema.IsEmbedded)
                {
                    if (map["apiVersion"]?.ToString() is not { Length: > 0 })
                        errors.Required(path["apiVersion"], "must not be empty");
                    if (map["kind"]?.ToString() is not { Length: > 0 })
                        errors.Required(path["kind"], "must not be empty");
                }

                foreach (var (name, member) in map)
                    Embedded(errors, path[name], member, schema.Properties.GetValueOrDefault(name) ?? schema.Additional);
                break;
            case JsonArray list when schema?.Items is { } items:
                for (var i = 0; i < list.Count; i++)
                    Embedded(errors, path[i], list[i], items);
                break;
        }
    }

    private static void Unique(FieldErrors errors, FieldPath path, JsonArray list, StructuralSchema schema)
    {
        var keys = schema.Source.XKubernetesListMapKeys;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < list.Count; i++)
        {
            var item = list[i];
            if (schema.Source.XKubernetesListType == "map")
            {
                if (item is not JsonObject map)
                    continue;
                var key = new JsonObject();
                foreach (var name in keys.Order(StringComparer.Ordinal))
                {
                    if ((map[name] ?? schema.Items?.Properties.GetValueOrDefault(name)?.Default) is { } part)
                        key[name] = part.DeepClone();
                }

                item = key;
            }

            if (!seen.Add(Text(item)))
                errors.Duplicate(path[i], item);
        }
    }

    private static void Object(FieldErrors errors, FieldPath path, JsonObject map, StructuralSchema schema)
    {
        var source = schema.Source;
        foreach (var required in source.Required)
        {
            if (!map.ContainsKey(required))
                errors.Required(path[required]);
        }

        if (map.Count < source.MinProperties)
            Invalid(errors, path, map, $"should have at least {source.MinProperties} properties");
        if (map.Count > source.MaxProperties)
            errors.TooMany(path, map.Count, (int)source.MaxProperties.Value);
        foreach (var (name, member) in map)
        {
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.Additional) is { } known)
                Validate(errors, path[name], member, known);
        }
    }

    private static void List(FieldErrors errors, FieldPath path, JsonArray list, StructuralSchema schema)
    {
        var source = schema.Source;
        if (list.Count < source.MinItems)
            Invalid(errors, path, (long)list.Count, $"should have at least {source.MinItems} items");
        if (list.Count > source.MaxItems)
            errors.TooMany(path, list.Count, (int)source.MaxItems.Value);
        if (schema.Items is not { } items)
            return;
        for (var i = 0; i < list.Count; i++)
            Validate(errors, path[i], list[i], items);
    }

    private static void Scalar(FieldErrors errors, FieldPath path, JsonNode value, StructuralSchema schema, string type)
    {
        var source = schema.Source;
        if (type == "string")
        {
            var text = value.GetValue<string>();
            var length = text.EnumerateRunes().Count();
            if (length < source.MinLength)
                Invalid(errors, path, text, $"should be at least {source.MinLength} chars long");
            if (length > source.MaxLength)
                errors.TooLong(path, (int)source.MaxLength.Value);
            if (schema.Pattern is { } pattern && !pattern.IsMatch(text))
                Invalid(errors, path, text, $"should match '{source.Pattern}'");
            if (source.Format.Length > 0 && !SchemaFormats.Fits(source.Format, text))
                Invalid(errors, path, text, $"must be of type {source.Format}: {Quote(text)}");
        }
        else if (type is "integer" or "number")
        {
            Number(errors, path, value, source, type);
        }
    }

    private static void Number(FieldErrors errors, FieldPath path, JsonNode value, Berth.Api.ApiExtensions.V1.JSONSchemaProps source, string type)
    {
        var number = NumberOf(value);
        if (source.Maximum is { } maximum && (source.ExclusiveMaximum ? number >= maximum : number > maximum))
            Invalid(errors, path, value, $"should be less than {(source.ExclusiveMaximum ? "" : "or equal to ")}{Show(maximum)}");
        if (source.Minimum is { } minimum && (source.ExclusiveMinimum ? number <= minimum : number < minimum))
            Invalid(errors, path, value, $"should be greater than {(source.ExclusiveMinimum ? "" : "or equal to ")}{Show(minimum)}");
        if (source.MultipleOf is { } factor and > 0 && Math.Abs(Math.IEEERemainder(number, factor)) > 1e-9 * factor)
            Invalid(errors, path, value, $"should be a multiple of {Show(factor)}");
        if (source.Format == "int32" && type == "integer" && number is < int.MinValue or > int.MaxValue)
            errors.Invalid(path, value, $"Checked value must be of type integer with format int32 in {path}");
    }

    private static void Conditions(FieldErrors errors, FieldPath path, JsonNode value, StructuralSchema schema)
    {
        var name = (string)path;
        var named = name.Length == 0 ? "\"\"" : $"\"{name}\"";
        if (schema.AnyOf.Count > 0 && !schema.AnyOf.Any(s => Fits(value, s)))
        {
            errors.Invalid(path, (object)"", $"{named} must validate at least one schema (anyOf)");
            BestOf(errors, path, value, schema.AnyOf);
        }

        if (schema.OneOf.Count > 0)
        {
            var fitting = schema.OneOf.Count(s => Fits(value, s));
            if (fitting != 1)
                errors.Invalid(path, (object)"", $"{named} must validate one and only one schema (oneOf). Found {(fitting == 0 ? "none valid" : $"{fitting} valid alternatives")}");
            if (fitting == 0)
                BestOf(errors, path, value, schema.OneOf);
        }

        if (schema.AllOf.Any(s => !Fits(value, s)))
        {
            foreach (var part in schema.AllOf)
                Validate(errors, path, value, part);
            errors.Invalid(path, (object)"", $"{named} must validate all the schemas (allOf)");
        }

        if (schema.Not is { } not && Fits(value, not))
            errors.Invalid(path, (object)"", $"{named} must not validate the schema (not)");
    }

    // Of several alternatives the one that fits best says what is wrong.
    private static void BestOf(FieldErrors errors, FieldPath path, JsonNode value, IReadOnlyList<StructuralSchema> alternatives)
    {
        FieldErrors? best = null;
        StructuralSchema? closest = null;
        foreach (var alternative in alternatives)
        {
            var trial = new FieldErrors();
            Validate(trial, path, value, alternative);
            if (best is null || trial.Causes.Count < best.Causes.Count)
                (best, closest) = (trial, alternative);
        }

        if (closest is not null)
            Validate(errors, path, value, closest);
    }

    private static bool Fits(JsonNode value, StructuralSchema schema)
    {
        var trial = new FieldErrors();
        Validate(trial, FieldPath.Root, value, schema);
        return trial.IsEmpty;
    }

    private static void WrongType(FieldErrors errors, FieldPath path, string wanted, string found) =>
        errors.TypeInvalid(path, found, $"{Name(path)} in body must be of type {wanted}: \"{found}\"");

    private static void Invalid(FieldErrors errors, FieldPath path, object value, string problem) =>
        errors.Invalid(path, value, $"{Name(path)} in body {problem}");

    private static string Name(FieldPath path) => path;

    private static string TypeOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => NumberOf(value) is var number && number == Math.Floor(number) && !double.IsInfinity(number) ? "integer" : "number",
    };

    private static double NumberOf(JsonNode value) => value is JsonValue scalar && scalar.TryGetValue<long>(out var whole)
        ? whole
        : double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static string Show(double number) => number.ToString("G", CultureInfo.InvariantCulture);

    private static string Quote(string text) => Encoding.UTF8.GetString(JsonTree.ToBytes(JsonValue.Create(text)));

    private static string Text(JsonNode? node) => Encoding.UTF8.GetString(JsonTree.ToBytes(node));
}
