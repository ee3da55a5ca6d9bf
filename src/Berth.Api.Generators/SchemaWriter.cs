using Microsoft.CodeAnalysis;

namespace Berth.Api.Generators;

/// <summary>Writes the <c>Schema</c> property of an API type.</summary>
internal sealed class SchemaWriter(SourceText output, INamedTypeSymbol type, List<FieldModel> fields, bool atomic)
{
    public void Write()
    {
        output.Open($"public static MessageSchema Schema {{ get; }} = new(\"{DefinitionName(type)}\", static () => new FieldSchema[]");
        foreach (var field in fields)
        {
            var parts = new List<string> { $"Name = \"{field.Json}\"", $"Value = {Value(field.Type, field)}" };
            if (field.Required)
                parts.Add("Required = true");
            if (field.DefaultJson is not null)
                parts.Add($"DefaultJson = {Literal(field.DefaultJson)}");
            if (field.PatchStrategy is not null)
                parts.Add($"PatchStrategy = \"{field.PatchStrategy}\"");
            if (field.MergeKey is not null)
                parts.Add($"MergeKey = \"{field.MergeKey}\"");
            output.Line($"new() {{ {string.Join(", ", parts)} }},");
        }

        output.Close($", atomic: {(atomic ? "true" : "false")});");
        output.Line();
    }

    // Berth.Api.Core.V1.Pod is io.k8s.api.core.v1.Pod in OpenAPI; clients look definitions up by kind, the name only has to
    // be unique, and these are the names that people grep for.
    public static string DefinitionName(INamedTypeSymbol type)
    {
        var space = type.ContainingNamespace.ToDisplayString().ToLowerInvariant();
        var prefix = space switch
        {
            "berth.api.meta.v1" => "io.k8s.apimachinery.pkg.apis.meta.v1",
            "berth.api.apiextensions.v1" => "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1",
            "berth.api.apiregistration.v1" => "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1",
            _ => "io.k8s." + space.Substring("berth.".Length),
        };
        return $"{prefix}.{type.Name}";
    }

    private static string Literal(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    private static string Value(TypeModel type, FieldModel? field) => type.Shape switch
    {
        Shape.String => "ValueSchema.Of(ValueKind.String)",
        Shape.Int32 => "ValueSchema.Of(ValueKind.Integer, \"int32\")",
        Shape.Int64 => "ValueSchema.Of(ValueKind.Integer, \"int64\")",
        Shape.Boolean => "ValueSchema.Of(ValueKind.Boolean)",
        Shape.Double => "ValueSchema.Of(ValueKind.Number, \"double\")",
        Shape.Bytes => "ValueSchema.Of(ValueKind.String, \"byte\")",
        Shape.Quantity => "ValueSchema.Of(ValueKind.String, \"quantity\")",
        Shape.IntOrString => "ValueSchema.Of(ValueKind.String, \"int-or-string\")",
        Shape.Time => "ValueSchema.Of(ValueKind.String, \"date-time\")",
        Shape.MicroTime => "ValueSchema.Of(ValueKind.String, \"micro-time\")",
        Shape.Raw => "ValueSchema.Of(ValueKind.Any)",
        Shape.Message => $"ValueSchema.Of(static () => {type.Name}.Schema{(field?.Atomic == true ? ", atomic: true" : "")})",
        Shape.Map => $"ValueSchema.MapOf({Value(type.Element!, null)}{(field?.Atomic == true ? ", atomic: true" : "")})",
        _ => $"ValueSchema.ListOf({Value(type.Element!, null)}{ListType(field)})",
    };

    private static string ListType(FieldModel? field) => field switch
    {
        { ListKeys: { } keys } => ", ListType.Map, " + string.Join(", ", keys.Select(k => $"\"{k}\"")),
        { ListSet: true } => ", ListType.Set",
        _ => "",
    };
}
