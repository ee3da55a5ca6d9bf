using System.Text.Json;
using Berth.Api.Schema;
using Berth.ApiServer.CustomResources;

namespace Berth.ApiServer.OpenApi;

/// <summary>Writes types as JSON schemas with Kubernetes' extensions, in one dialect. One document each: it remembers which named values were used.</summary>
internal sealed class DefinitionWriter(Utf8JsonWriter output, OpenApiDialect dialect)
{
    private const string Time = "io.k8s.apimachinery.pkg.apis.meta.v1.Time";
    private const string MicroTime = "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime";
    private const string Quantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
    private const string IntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
    private const string RawExtension = "io.k8s.apimachinery.pkg.runtime.RawExtension";
    private const string FieldsV1 = "io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1";
    private const string AnyJson = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON";

    private readonly ApiWords _words = new();
    private readonly SortedSet<string> _values = new(StringComparer.Ordinal);

    /// <summary>Writes all definitions and what they are made of, sorted by name, as members of the current object.</summary>
    public void WriteAll(IEnumerable<Definition> roots)
    {
        var all = new SortedDictionary<string, Definition>(StringComparer.Ordinal);
        var left = new Stack<Definition>(roots);
        while (left.TryPop(out var next))
        {
            if (all.TryGetValue(next.Schema.Name, out var known) && (known.Kinds.Count > 0 || next.Kinds.Count == 0))
                continue;
            all[next.Schema.Name] = next;
            if (known is not null)
                continue;
            foreach (var part in Definition.Parts(next.Schema))
                left.Push(new Definition(part, []));
        }

        foreach (var definition in all.Values)
            Write(definition);
        foreach (var value in _values)
            WriteValueDefinition(value);
    }

    public void WriteReference(string type)
    {
        output.WriteStartObject();
        output.WriteString("$ref", (dialect == OpenApiDialect.V2 ? "#/definitions/" : "#/components/schemas/") + type);
        output.WriteEndObject();
    }

    public static void WriteKind(Utf8JsonWriter output, GroupVersionKind kind)
    {
        output.WriteStartObject();
        output.WriteString("group", kind.Group);
        output.WriteString("kind", kind.Kind);
        output.WriteString("version", kind.Version);
        output.WriteEndObject();
    }

    private void Write(Definition definition)
    {
        var schema = definition.Schema;
        if (CustomVersion.Of(schema) is { } custom)
        {
            output.WritePropertyName(schema.Name);
            CustomSchemas.Of(custom, dialect).WriteTo(output);
            return;
        }

        output.WriteStartObject(schema.Name);
        Describe(_words.Of(definition));
        if (schema is { Atomic: true, Fields.Count: 0 })
        {
            // A union, such as JSONSchemaPropsOrBool: JSON schemas of this dialect have no words for it.
            output.WriteEndObject();
            return;
        }

        output.WriteString("type", "object");
        var required = schema.Fields.Where(f => f.Required).Select(f => f.Name).Order(StringComparer.Ordinal).ToList();
        if (required.Count > 0)
            WriteTexts("required", required);
        if (schema.Fields.Count > 0 || definition.Kinds.Count > 0)
        {
            output.WriteStartObject("properties");

            // Watch events count as kinds, but do not say so themselves.
            if (definition.Kinds.Count > 0 && schema != WellKnownSchemas.WatchEvent)
            {
                WriteText("apiVersion", ApiWords.ApiVersion);
                WriteText("kind", ApiWords.Kind);
            }

            for (var i = 0; i < schema.Fields.Count; i++)
                WriteField(schema, schema.Fields[i], _words.Of(schema, schema.Fields[i], i));
            output.WriteEndObject();
        }

        if (definition.Kinds.Count > 0)
        {
            output.WriteStartArray("x-kubernetes-group-version-kind");
            foreach (var kind in definition.Kinds)
                WriteKind(output, kind);
            output.WriteEndArray();
        }

        if (schema.Atomic)
            output.WriteString("x-kubernetes-map-type", "atomic");
        output.WriteEndObject();
    }

    private void WriteText(string name, string description)
    {
        output.WriteStartObject(name);
        output.WriteString("description", description);
        output.WriteString("type", "string");
        output.WriteEndObject();
    }

    private void WriteField(MessageSchema owner, FieldSchema field, string? text)
    {
        output.WriteStartObject(field.Name);
        var described = Describe(text);
        var named = NameOf(owner, field.Value);
        if (dialect == OpenApiDialect.V3 && field.DefaultJson is not null)
        {
            output.WritePropertyName("default");
            output.WriteRawValue(field.DefaultJson);
            described = true;
        }

        if (named is not null && dialect == OpenApiDialect.V3 && described)
        {
            // Beside a reference OpenAPI 3.0 allows nothing else.
            output.WriteStartArray("allOf");
            WriteReference(named);
            output.WriteEndArray();
        }
        else
        {
            WriteShape(owner, field.Value);
        }

        var list = field.Value;
        if (list.Kind == ValueKind.List && list.ListType != ListType.Atomic)
        {
            if (list.ListType == ListType.Map)
                WriteTexts("x-kubernetes-list-map-keys", list.ListKeys);
            output.WriteString("x-kubernetes-list-type", list.ListType == ListType.Map ? "map" : "set");
        }

        if (list.Atomic)
            output.WriteString("x-kubernetes-map-type", "atomic");
        if (field.MergeKey is not null)
            output.WriteString("x-kubernetes-patch-merge-key", field.MergeKey);
        if (field.PatchStrategy is not null)
            output.WriteString("x-kubernetes-patch-strategy", field.PatchStrategy);
        output.WriteEndObject();
    }

    private void WriteShape(MessageSchema owner, ValueSchema value)
    {
        if (NameOf(owner, value) is { } named)
        {
            output.WriteString("$ref", (dialect == OpenApiDialect.V2 ? "#/definitions/" : "#/components/schemas/") + named);
            return;
        }

        switch (value.Kind)
        {
            case ValueKind.List:
                output.WriteString("type", "array");
                output.WriteStartObject("items");
                WriteShape(owner, value.Element!);
                output.WriteEndObject();
                break;
            case ValueKind.Map:
                output.WriteString("type", "object");
                output.WriteStartObject("additionalProperties");
                WriteShape(owner, value.Element!);
                output.WriteEndObject();
                break;
            default:
                output.WriteString("type", value.Kind switch
                {
                    ValueKind.Integer => "integer",
                    ValueKind.Number => "number",
                    ValueKind.Boolean => "boolean",
                    _ => "string",
                });
                if (value.Format is not null)
                    output.WriteString("format", value.Format);
                break;
        }
    }

    /// <summary>Definition that describes a value; null for those that are written in place.</summary>
    private string? NameOf(MessageSchema owner, ValueSchema value)
    {
        if (value.Kind == ValueKind.Message)
            return value.Message!.Name;
        var name = (value.Kind, value.Format) switch
        {
            (ValueKind.String, "date-time") => Time,
            (ValueKind.String, "micro-time") => MicroTime,
            (ValueKind.String, "quantity") => Quantity,
            (ValueKind.String, "int-or-string") => IntOrString,
            (ValueKind.Any, _) when owner.Name.EndsWith(".ManagedFieldsEntry", StringComparison.Ordinal) => FieldsV1,
            (ValueKind.Any, _) when owner.Name.StartsWith("io.k8s.apiextensions-apiserver.", StringComparison.Ordinal) => AnyJson,
            (ValueKind.Any, _) => RawExtension,
            _ => null,
        };
        if (name is not null)
            _values.Add(name);
        return name;
    }

    private void WriteValueDefinition(string name)
    {
        output.WriteStartObject(name);
        Describe(ApiWords.OfValue(name));
        switch (name)
        {
            case Time or MicroTime:
                output.WriteString("type", "string");
                output.WriteString("format", "date-time");
                break;
            case Quantity or IntOrString when dialect == OpenApiDialect.V3:
                if (name == IntOrString)
                    output.WriteString("format", "int-or-string");
                output.WriteStartArray("oneOf");
                foreach (var type in name == IntOrString ? new[] { "integer", "string" } : ["string", "number"])
                {
                    output.WriteStartObject();
                    output.WriteString("type", type);
                    output.WriteEndObject();
                }

                output.WriteEndArray();
                break;
            case Quantity:
                output.WriteString("type", "string");
                break;
            case IntOrString:
                output.WriteString("type", "string");
                output.WriteString("format", "int-or-string");
                break;
            case RawExtension or FieldsV1:
                output.WriteString("type", "object");
                break;
            default:
                // JSON of any shape: a schema that says nothing.
                break;
        }

        output.WriteEndObject();
    }

    private bool Describe(string? text)
    {
        if (text is null)
            return false;
        output.WriteString("description", text);
        return true;
    }

    private void WriteTexts(string name, IEnumerable<string> texts)
    {
        output.WriteStartArray(name);
        foreach (var text in texts)
            output.WriteStringValue(text);
        output.WriteEndArray();
    }
}
