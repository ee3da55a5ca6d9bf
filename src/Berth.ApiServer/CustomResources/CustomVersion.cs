using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.ApiExtensions.V1;
using Berth.Api.Json;
using Berth.Api.Schema;
using Berth.ApiServer.Tables;

namespace Berth.ApiServer.CustomResources;

/// <summary>One version of a custom resource as its definition says now. Immutable: a changed definition makes new ones.</summary>
public sealed class CustomVersion
{
    private static readonly string[] s_verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] s_partVerbs = ["get", "patch", "update"];

    private static readonly ConditionalWeakTable<MessageSchema, CustomVersion> s_bySchema = [];
    private readonly Lazy<Rules.RuleNode?> _rules;

    public CustomVersion(CustomResourceDefinition definition, CustomResourceDefinitionVersion version)
    {
        Source = version;
        _rules = new Lazy<Rules.RuleNode?>(() => CustomResources.Rules.RuleNode.Of(Schema!));
        Schema = StructuralSchema.Compile(version.SchemaValue?.OpenAPIV3Schema ?? new JSONSchemaProps { Type = "object", XKubernetesPreserveUnknownFields = true });
        var (group, names) = (definition.Spec.Group, definition.Status.AcceptedNames.Plural.Length > 0 ? definition.Status.AcceptedNames : definition.Spec.Names);
        var subresources = new List<SubresourceInfo>();
        if (version.Subresources?.Status is not null)
            subresources.Add(new SubresourceInfo("status", group, version.Name, names.Kind, s_partVerbs));
        if (version.Subresources?.Scale is not null)
            subresources.Add(new SubresourceInfo("scale", "autoscaling", "v1", "Scale", s_partVerbs));
        DefinitionName = string.Join('.', group.Split('.').Reverse().Append(version.Name).Append(names.Kind));
        Kind = new KindInfo
        {
            Group = group,
            Version = version.Name,
            Kind = names.Kind,
            ListKind = names.ListKind,
            Plural = names.Plural,
            Singular = names.Singular,
            ShortNames = names.ShortNames,
            Categories = names.Categories,
            Namespaced = definition.Spec.Scope == "Namespaced",
            IsCustom = true,
            Verbs = s_verbs,
            Subresources = subresources,
            Schema = SchemaShape.Of(DefinitionName, Schema),
            ReadJson = (json, report) => Read(json, report, out _),
            ReadProto = _ => throw new NotSupportedException("custom objects have no protobuf form"),
        };
        TableCatalog.Register(Kind, CustomTable.Of(version));
        s_bySchema.AddOrUpdate(Kind.Schema, this);
    }

    /// <summary>As the definition has it.</summary>
    public CustomResourceDefinitionVersion Source { get; }

    public string Name => Source.Name;

    public KindInfo Kind { get; }

    public StructuralSchema Schema { get; }

    /// <summary>The rules of the schema, compiled when the first object is checked; null when there are none.</summary>
    internal Rules.RuleNode? Rules => _rules.Value;

    /// <summary>Name in OpenAPI documents.</summary>
    public string DefinitionName { get; }

    public bool HasStatus => Source.Subresources?.Status is not null;

    /// <summary>What those who use a deprecated version are told; null for others.</summary>
    public string? Deprecation => Source.Deprecated ? Source.DeprecationWarning ?? $"{Kind.ApiVersion} {Kind.Kind} is deprecated" : null;

    /// <summary>The version that a schema is of; null for built-in types.</summary>
    public static CustomVersion? Of(MessageSchema schema) => s_bySchema.TryGetValue(schema, out var version) ? version : null;

    /// <param name="changed">True when there was something that the schema does not know.</param>
    public CustomObject Read(ReadOnlySpan<byte> json, DecodeReport? report, out bool changed)
    {
        var value = CustomObject.Read(Kind, json, report);
        changed = SchemaPruning.Prune(value.Content, Schema, report);
        return value;
    }

    /// <summary>The object with defaults; itself where none are missing.</summary>
    public CustomObject Default(CustomObject value)
    {
        if (!Schema.HasDefaults)
            return value;
        var content = (JsonObject)value.Content.DeepClone();
        return SchemaDefaults.Apply(content, Schema) ? value.WithContent(content) : value;
    }
}
