using System.Text.Json.Nodes;
using Berth.ApiServer.CustomResources;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.OpenApi;

/// <summary>Schemas of custom resources as they are published: those of their definitions, with what every object has.</summary>
internal static class CustomSchemas
{
    private const string Metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    public static JsonObject Of(CustomVersion version, OpenApiDialect dialect)
    {
        var schema = JsonTree.Of(version.Schema.Source);
        if (dialect == OpenApiDialect.V2 && version.Schema.KeepsUnknown)
        {
            // Version 2 has no words for fields that nobody describes: its readers take what is not listed for wrong.
            schema = new JsonObject { ["type"] = "object" };
        }
        else
        {
            if (dialect == OpenApiDialect.V2)
                Reduce(schema);
            Complete(schema, dialect, isObject: true);
        }

        schema["x-kubernetes-group-version-kind"] = new JsonArray(
            new JsonObject { ["group"] = version.Kind.Group, ["kind"] = version.Kind.Kind, ["version"] = version.Kind.Version });
        return schema;
    }

    /// <summary>Adds the fields of all objects to an object, and to those embedded in it.</summary>
    private static void Complete(JsonObject schema, OpenApiDialect dialect, bool isObject)
    {
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (_, property) in properties)
                Descend(property, dialect);
        }

        Descend(schema["items"], dialect);
        Descend(schema["additionalProperties"], dialect);
        if (!isObject)
            return;
        if (schema["properties"] is not JsonObject all)
            schema["properties"] = all = [];
        all["apiVersion"] = Text(ApiWords.ApiVersion);
        all["kind"] = Text(ApiWords.Kind);
        all["metadata"] = dialect == OpenApiDialect.V3
            ? new JsonObject { ["description"] = ApiWords.Metadata, ["allOf"] = new JsonArray(new JsonObject { ["$ref"] = "#/components/schemas/" + Metadata }) }
            : new JsonObject { ["description"] = ApiWords.Metadata, ["$ref"] = "#/definitions/" + Metadata };
    }

    private static void Descend(JsonNode? schema, OpenApiDialect dialect)
    {
        if (schema is not JsonObject known)
            return;
        var embedded = known["x-kubernetes-embedded-resource"]?.GetValue<bool>() == true;
        Complete(known, dialect, embedded && (dialect == OpenApiDialect.V3 || known.ContainsKey("type")));
    }

    private static JsonObject Text(string description) => new() { ["description"] = description, ["type"] = "string" };

    /// <summary>Takes out what version 2 has no words for, and what its readers stumble over.</summary>
    private static void Reduce(JsonObject schema)
    {
        foreach (var junctor in (ReadOnlySpan<string>)["allOf", "anyOf", "oneOf", "not"])
            schema.Remove(junctor);
        if (schema.Remove("nullable", out var nullable) && nullable?.GetValue<bool>() == true)
            Forget(schema, "type", "items", "properties");
        if (schema["x-kubernetes-preserve-unknown-fields"]?.GetValue<bool>() == true)
        {
            Forget(schema, "items", "properties");
            if (schema["type"]?.GetValue<string>() == "object")
                schema.Remove("type");
        }

        if (schema["type"]?.GetValue<string>() == "array" && schema["items"] is null)
            schema.Remove("type");
        if (schema["properties"] is JsonObject properties)
        {
            foreach (var (name, property) in properties)
            {
                if (property is not JsonObject known)
                    continue;
                if (known["nullable"]?.GetValue<bool>() == true && schema["required"] is JsonArray required)
                    Unrequire(schema, required, name);
                Reduce(known);
            }
        }

        if (schema["items"] is JsonObject items)
            Reduce(items);
        if (schema["additionalProperties"] is JsonObject additional)
            Reduce(additional);
    }

    private static void Unrequire(JsonObject schema, JsonArray required, string name)
    {
        var left = required.Where(r => r?.GetValue<string>() != name).Select(r => r?.DeepClone()).ToArray();
        if (left.Length == 0)
            schema.Remove("required");
        else
            schema["required"] = new JsonArray(left);
    }

    private static void Forget(JsonObject schema, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            schema.Remove(name);
    }
}
