using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.ApiServer.Validation;

namespace Berth.ApiServer.Strategies.Extensions;

/// <summary>
/// Rules that make a schema structural: every field has one type that can be found without evaluating conditions, so that
/// objects can be pruned, defaulted and merged by it.
/// </summary>
internal static class StructuralRules
{
    private static readonly string[] s_types = ["array", "boolean", "integer", "null", "number", "object", "string"];

    public static void Validate(FieldErrors errors, FieldPath path, JSONSchemaProps root, bool hasStatus)
    {
        if (root.Nullable)
            errors.Forbidden(path["nullable"], "nullable cannot be true at the root");
        if (root.Type.Length == 0)
            errors.Required(path["type"], "must not be empty at the root");
        else if (root.Type != "object")
            errors.Invalid(path["type"], (object)root.Type, "must be object at the root");
        if (hasStatus && root is { Properties.IsEmpty: true } && !root.AnyOf.IsEmpty)
            errors.Invalid(path, (object)"", "only [\"description\" \"example\" \"exclusiveMaximum\" \"exclusiveMinimum\" \"externalDocs\" \"format\" \"items\" \"maximum\" \"maxItems\" \"maxLength\" \"minimum\" \"minItems\" \"minLength\" \"multipleOf\" \"pattern\" \"properties\" \"required\" \"title\" \"type\" \"uniqueItems\"] fields are allowed at the root of the schema if the status subresource is enabled");
        Structure(errors, path, root, isRoot: true);
    }

    private static void Structure(FieldErrors errors, FieldPath path, JSONSchemaProps schema, bool isRoot = false)
    {
        Forbidden(errors, path, schema);
        var anything = schema.XKubernetesPreserveUnknownFields == true || schema.XKubernetesIntOrString;
        if (!isRoot && schema.Type.Length == 0 && !anything)
            errors.Required(path["type"], "must not be empty for specified object fields");
        if (schema.Type.Length > 0 && !s_types.Contains(schema.Type))
            errors.NotSupported(path["type"], schema.Type, s_types);
        if (schema.Type == "null")
            errors.Invalid(path["type"], (object)schema.Type, "type cannot be set to null, use nullable as an alternative");
        if (schema.XKubernetesIntOrString && schema.Type.Length > 0)
            errors.Invalid(path["type"], (object)schema.Type, "must be empty if x-kubernetes-int-or-string is true");
        if (schema.XKubernetesPreserveUnknownFields == false)
            errors.Invalid(path["x-kubernetes-preserve-unknown-fields"], (object)false, "must be true or undefined");
        if (schema.XKubernetesEmbeddedResource && schema.Type != "object")
            errors.Invalid(path["type"], (object)schema.Type, "must be object if x-kubernetes-embedded-resource is true");
        if (schema.XKubernetesEmbeddedResource && schema.Properties.IsEmpty && schema.XKubernetesPreserveUnknownFields != true)
            errors.Required(path["properties"], "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
        if (!schema.Properties.IsEmpty && schema.AdditionalProperties is not null)
            errors.Forbidden(path["additionalProperties"], "additionalProperties and properties are mutual exclusive");
        if (schema.Default is not null && isRoot)
            errors.Forbidden(path["default"], "must not be set at the root");
        Pattern(errors, path, schema);
        Lists(errors, path, schema);
        if (schema.XKubernetesMapType is { } mapType)
        {
            BasicRules.OneOf(errors, path["x-kubernetes-map-type"], mapType, "atomic", "granular");
            if (schema.Type != "object")
                errors.Invalid(path["type"], (object)schema.Type, "must be object if x-kubernetes-map-type is specified");
        }

        foreach (var (name, property) in schema.Properties)
        {
            var at = path["properties"].Key(name);
            if (isRoot && name == "metadata")
                RootMetadata(errors, at, property);
            else
                Structure(errors, at, property);
        }

        if (schema.AdditionalProperties?.Props is { } additional)
            Structure(errors, path["additionalProperties"], additional);
        if (schema.Items?.Props is { } items)
            Structure(errors, path["items"], items);
        else if (schema.Type == "array")
            errors.Required(path["items"], "must be specified");
        Rules(errors, path["x-kubernetes-validations"], schema.XKubernetesValidations);
        Conditions(errors, path, schema);
    }

    // Only names of objects can be restricted: the rest of the metadata is the server's.
    private static void RootMetadata(FieldErrors errors, FieldPath path, JSONSchemaProps metadata)
    {
        if (metadata.Type is not ("" or "object"))
            errors.Invalid(path["type"], (object)metadata.Type, "must be object");
        foreach (var (name, _) in metadata.Properties)
        {
            if (name is not ("name" or "generateName"))
                errors.Forbidden(path, "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    private static void Forbidden(FieldErrors errors, FieldPath path, JSONSchemaProps schema)
    {
        if (!schema.Definitions.IsEmpty)
            errors.Forbidden(path["definitions"], "definitions is not supported");
        if (!schema.Dependencies.IsEmpty)
            errors.Forbidden(path["dependencies"], "dependencies is not supported");
        if (!schema.PatternProperties.IsEmpty)
            errors.Forbidden(path["patternProperties"], "patternProperties is not supported");
        if (schema.AdditionalItems is not null)
            errors.Forbidden(path["additionalItems"], "additionalItems is not supported");
        if (schema.Id.Length > 0)
            errors.Forbidden(path["id"], "id is not supported");
        if (schema.SchemaValue.Length > 0)
            errors.Forbidden(path["schema"], "schema is not supported");
        if (schema.Ref is { Length: > 0 })
            errors.Forbidden(path["$ref"], "$ref is not supported");
        if (schema.UniqueItems)
            errors.Forbidden(path["uniqueItems"], "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        if (schema.AdditionalProperties is { Props: null, Allows: false })
            errors.Forbidden(path["additionalProperties"], "additionalProperties cannot be set to false");
        if (schema.Items is { Props: null, Items.IsEmpty: false })
            errors.Forbidden(path["items"], "items must be a schema object and not an array");
    }

    private static void Pattern(FieldErrors errors, FieldPath path, JSONSchemaProps schema)
    {
        if (schema.Pattern.Length == 0)
            return;
        try
        {
            _ = CustomResources.SchemaPattern.Compile(schema.Pattern);
        }
        catch (ArgumentException e)
        {
            errors.Invalid(path["pattern"], (object)schema.Pattern, $"must be a valid regular expression, but isn't: {e.Message}");
        }
    }

    private static void Lists(FieldErrors errors, FieldPath path, JSONSchemaProps schema)
    {
        if (schema.XKubernetesListType is not { } type)
        {
            if (!schema.XKubernetesListMapKeys.IsEmpty)
                errors.Required(path["x-kubernetes-list-type"], "must be map if x-kubernetes-list-map-keys is non-empty");
            return;
        }

        BasicRules.OneOf(errors, path["x-kubernetes-list-type"], type, "atomic", "map", "set");
        if (schema.Type != "array")
            errors.Invalid(path["type"], (object)schema.Type, "must be array if x-kubernetes-list-type is specified");
        var item = schema.Items?.Props;
        if (type == "map")
        {
            if (schema.XKubernetesListMapKeys.IsEmpty)
                errors.Required(path["x-kubernetes-list-map-keys"], "must not be empty if x-kubernetes-list-type is map");
            if (item is null)
                return;
            if (item.Type != "object")
                errors.Invalid(path["items"]["type"], (object)item.Type, "must be object if parent array's x-kubernetes-list-type is map");
            for (var i = 0; i < schema.XKubernetesListMapKeys.Count; i++)
            {
                var key = schema.XKubernetesListMapKeys[i];
                if (!item.Properties.TryGetValue(key, out var property))
                    errors.Invalid(path["x-kubernetes-list-map-keys"][i], (object)key, "entries must all be names of item properties");
                else if (property.Type is "array" or "object")
                    errors.Invalid(path["items"]["properties"].Key(key)["type"], (object)property.Type, "must be a scalar type if parent array's x-kubernetes-list-type is map");
                else if (property.Default is null && !item.Required.Contains(key))
                    errors.Required(path["items"]["properties"].Key(key)["default"], "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
            }
        }
        else if (!schema.XKubernetesListMapKeys.IsEmpty)
        {
            errors.Invalid(path["x-kubernetes-list-type"], (object)type, "must be map if x-kubernetes-list-map-keys is non-empty");
        }

        if (type == "set" && item is not null)
        {
            if (item.Type == "object" && item.XKubernetesMapType != "atomic")
                errors.Invalid(path["items"]["x-kubernetes-map-type"], (object?)item.XKubernetesMapType, "must be atomic as item of a list with x-kubernetes-list-type=set");
            if (item.Type == "array" && item.XKubernetesListType is not (null or "atomic"))
                errors.Invalid(path["items"]["x-kubernetes-list-type"], (object?)item.XKubernetesListType, "must be atomic as item of a list with x-kubernetes-list-type=set");
        }

        if (type is "set" or "map" && item?.Nullable == true)
            errors.Forbidden(path["items"]["nullable"], $"cannot be nullable when x-kubernetes-list-type is {type}");
    }

    private static void Rules(FieldErrors errors, FieldPath path, ApiList<ValidationRule> rules)
    {
        for (var i = 0; i < rules.Count; i++)
        {
            if (rules[i].Rule.Trim().Length == 0)
                errors.Required(path[i]["rule"], "rule is not specified");
            else if (rules[i].Message.Length > 0 && rules[i].Message.Trim().Length == 0)
                errors.Invalid(path[i]["message"], (object)rules[i].Message, "must be non-empty if specified");
            else if (rules[i].Message.Trim().Contains('\n', StringComparison.Ordinal))
                errors.Invalid(path[i]["message"], (object)rules[i].Message, "must not contain line breaks");
            else if (rules[i].Rule.Trim().Contains('\n', StringComparison.Ordinal) && rules[i].Message.Trim().Length == 0)
                errors.Required(path[i]["message"], "message must be specified if rule contains line breaks");
            if (rules[i].MessageExpression.Length > 0 && rules[i].MessageExpression.Trim().Length == 0)
                errors.Required(path[i]["messageExpression"], "messageExpression must be non-empty if specified");
            if (rules[i].Reason is { } reason)
                BasicRules.OneOf(errors, path[i]["reason"], reason, "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");
        }
    }

    // What stands below a condition may restrict a value, but neither give it a type nor change it.
    private static void Conditions(FieldErrors errors, FieldPath path, JSONSchemaProps schema)
    {
        Each("allOf", schema.AllOf);
        Each("anyOf", schema.AnyOf);
        Each("oneOf", schema.OneOf);
        if (schema.Not is { } not)
            Condition(errors, path["not"], not, schema);

        void Each(string name, ApiList<JSONSchemaProps> parts)
        {
            for (var i = 0; i < parts.Count; i++)
                Condition(errors, path[name][i], parts[i], schema);
        }
    }

    private static void Condition(FieldErrors errors, FieldPath path, JSONSchemaProps condition, JSONSchemaProps structural)
    {
        if (condition.Type.Length > 0 && !structural.XKubernetesIntOrString)
            errors.Forbidden(path["type"], "must be empty to be structural");
        if (condition.Description.Length > 0)
            errors.Forbidden(path["description"], "must be empty to be structural");
        if (condition.Title.Length > 0)
            errors.Forbidden(path["title"], "must be empty to be structural");
        if (condition.Default is not null)
            errors.Forbidden(path["default"], "must be undefined to be structural");
        if (condition.Nullable)
            errors.Forbidden(path["nullable"], "must be false to be structural");
        if (condition.AdditionalProperties is not null)
            errors.Forbidden(path["additionalProperties"], "must be undefined to be structural");
        if (condition.XKubernetesPreserveUnknownFields is not null)
            errors.Forbidden(path["x-kubernetes-preserve-unknown-fields"], "must be undefined to be structural");
        foreach (var (name, property) in condition.Properties)
        {
            if (structural.Properties.TryGetValue(name, out var known))
                Condition(errors, path["properties"].Key(name), property, known);
            else if (structural.XKubernetesPreserveUnknownFields != true || structural.AdditionalProperties is null)
                errors.Required(path["properties"].Key(name), $"because it is defined in {path["properties"].Key(name)}");
        }

        if (condition.Items?.Props is { } items && structural.Items?.Props is { } knownItems)
            Condition(errors, path["items"], items, knownItems);
        Pattern(errors, path, condition);
        Each("allOf", condition.AllOf);
        Each("anyOf", condition.AnyOf);
        Each("oneOf", condition.OneOf);
        if (condition.Not is { } not)
            Condition(errors, path["not"], not, structural);

        void Each(string name, ApiList<JSONSchemaProps> parts)
        {
            for (var i = 0; i < parts.Count; i++)
                Condition(errors, path[name][i], parts[i], structural);
        }
    }
}
