using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.CustomResources;

/// <summary>The schema of one value of a custom resource, made ready for use. Immutable.</summary>
public sealed class StructuralSchema
{
    private StructuralSchema(JSONSchemaProps source)
    {
        Source = source;
        Type = source.Type;
        Properties = source.Properties.ToDictionary(p => p.Key, p => Compile(p.Value), StringComparer.Ordinal);
        Additional = source.AdditionalProperties?.Props is { } additional ? Compile(additional) : null;
        AllowsAdditional = source.AdditionalProperties is { Allows: true };
        Items = source.Items?.Props is { } items ? Compile(items) : null;
        Default = source.Default is { } fallback ? JsonTree.Parse(fallback.Span) : null;
        Enum = [.. source.Enum.Select(e => JsonTree.Parse(e.Span))];
        Pattern = source.Pattern.Length == 0 ? null : SchemaPattern.Compile(source.Pattern);
        AllOf = [.. source.AllOf.Select(Compile)];
        AnyOf = [.. source.AnyOf.Select(Compile)];
        OneOf = [.. source.OneOf.Select(Compile)];
        Not = source.Not is { } not ? Compile(not) : null;
        HasDefaults = Default is not null || Items?.HasDefaults == true || Additional?.HasDefaults == true || Properties.Values.Any(p => p.HasDefaults);
        HasRules = !source.XKubernetesValidations.IsEmpty || Items?.HasRules == true || Additional?.HasRules == true || Properties.Values.Any(p => p.HasRules);
    }

    /// <summary>As the definition has it.</summary>
    public JSONSchemaProps Source { get; }

    /// <summary>Empty: any, or an integer or string (<see cref="IsIntOrString"/>).</summary>
    public string Type { get; }

    public IReadOnlyDictionary<string, StructuralSchema> Properties { get; }

    /// <summary>Of the values of a map.</summary>
    public StructuralSchema? Additional { get; }

    /// <summary>Members without a property are allowed, whatever they are.</summary>
    public bool AllowsAdditional { get; }

    public StructuralSchema? Items { get; }

    public JsonNode? Default { get; }

    public IReadOnlyList<JsonNode?> Enum { get; }

    public Regex? Pattern { get; }

    public IReadOnlyList<StructuralSchema> AllOf { get; }

    public IReadOnlyList<StructuralSchema> AnyOf { get; }

    public IReadOnlyList<StructuralSchema> OneOf { get; }

    public StructuralSchema? Not { get; }

    public bool IsNullable => Source.Nullable;

    public bool IsIntOrString => Source.XKubernetesIntOrString;

    public bool KeepsUnknown => Source.XKubernetesPreserveUnknownFields == true;

    public bool IsEmbedded => Source.XKubernetesEmbeddedResource;

    public ApiList<ValidationRule> Rules => Source.XKubernetesValidations;

    /// <summary>True when there is a default anywhere below.</summary>
    public bool HasDefaults { get; }

    /// <summary>True when there is a rule (<c>x-kubernetes-validations</c>) anywhere below.</summary>
    public bool HasRules { get; }

    public static StructuralSchema Compile(JSONSchemaProps source) => new(source);
}
