using System.Text;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.CustomResources;

/// <summary>The schema of a custom resource in the model that the rest of the server merges and compares by.</summary>
internal static class SchemaShape
{
    private static readonly ValueSchema s_deduced = new(ValueKind.Any) { Deduced = true };

    /// <param name="name">Definition name in OpenAPI.</param>
    public static MessageSchema Of(string name, StructuralSchema root)
    {
        var fields = new List<FieldSchema> { new() { Name = "metadata", Value = ValueSchema.Of(() => ObjectMeta.Schema) } };
        fields.AddRange(Fields(name, root).Where(f => f.Name is not ("apiVersion" or "kind" or "metadata")));
        return new MessageSchema(name, () => fields) { Unlisted = root.KeepsUnknown ? s_deduced : null };
    }

    private static List<FieldSchema> Fields(string name, StructuralSchema schema) =>
    [
        .. schema.Properties.Select(p => new FieldSchema
        {
            Name = p.Key,
            Value = Value($"{name}.{p.Key}", p.Value),
            Required = false,
            DefaultJson = p.Value.Default is { } fallback ? Encoding.UTF8.GetString(JsonTree.ToBytes(fallback)) : null,
        }),
    ];

    private static ValueSchema Value(string name, StructuralSchema schema)
    {
        var atomic = schema.Source.XKubernetesMapType == "atomic";
        switch (schema.Type)
        {
            case "object" when schema is { Properties.Count: 0, Additional: { } element }:
                return ValueSchema.MapOf(Value(name, element), atomic);
            case "object" when schema.Properties.Count > 0 || schema.IsEmbedded:
                var fields = Fields(name, schema);
                if (schema.IsEmbedded)
                {
                    fields.RemoveAll(f => f.Name is "apiVersion" or "kind" or "metadata");
                    fields.Insert(0, new FieldSchema { Name = "metadata", Value = ValueSchema.Of(() => ObjectMeta.Schema) });
                    fields.Insert(0, new FieldSchema { Name = "kind", Value = ValueSchema.Of(ValueKind.String) });
                    fields.Insert(0, new FieldSchema { Name = "apiVersion", Value = ValueSchema.Of(ValueKind.String) });
                }

                var message = new MessageSchema(name, () => fields, atomic) { Unlisted = schema.KeepsUnknown ? s_deduced : null };
                return ValueSchema.Of(() => message, atomic);
            case "object" when atomic:
                return new ValueSchema(ValueKind.Any);
            case "object":
                return s_deduced;
            case "array":
                var items = schema.Items is null ? s_deduced : Value(name, schema.Items);
                return schema.Source.XKubernetesListType switch
                {
                    "map" => ValueSchema.ListOf(items, ListType.Map, [.. schema.Source.XKubernetesListMapKeys]),
                    "set" => ValueSchema.ListOf(items, ListType.Set),
                    _ => ValueSchema.ListOf(items),
                };
            case "string":
                return ValueSchema.Of(ValueKind.String);
            case "integer":
                return ValueSchema.Of(ValueKind.Integer);
            case "number":
                return ValueSchema.Of(ValueKind.Number);
            case "boolean":
                return ValueSchema.Of(ValueKind.Boolean);
            default:
                return schema.IsIntOrString ? ValueSchema.Of(ValueKind.String, "int-or-string") : s_deduced;
        }
    }
}
