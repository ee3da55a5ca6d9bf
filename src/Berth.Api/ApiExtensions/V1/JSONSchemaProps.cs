using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record JSONSchemaProps
{
    [Field(1)]
    public string Id { get; init; } = "";

    [Field(2, Json = "$schema")]
    public string SchemaValue { get; init; } = "";

    [Field(3, Json = "$ref")]
    public string? Ref { get; init; }

    [Field(4)]
    public string Description { get; init; } = "";

    [Field(5)]
    public string Type { get; init; } = "";

    [Field(6)]
    public string Format { get; init; } = "";

    [Field(7)]
    public string Title { get; init; } = "";

    [Field(8)]
    public RawJson? Default { get; init; }

    [Field(9)]
    public double? Maximum { get; init; }

    [Field(10)]
    public bool ExclusiveMaximum { get; init; }

    [Field(11)]
    public double? Minimum { get; init; }

    [Field(12)]
    public bool ExclusiveMinimum { get; init; }

    [Field(13)]
    public long? MaxLength { get; init; }

    [Field(14)]
    public long? MinLength { get; init; }

    [Field(15)]
    public string Pattern { get; init; } = "";

    [Field(16)]
    public long? MaxItems { get; init; }

    [Field(17)]
    public long? MinItems { get; init; }

    [Field(18)]
    public bool UniqueItems { get; init; }

    [Field(19)]
    public double? MultipleOf { get; init; }

    [Field(20)]
    public ApiList<RawJson> Enum { get; init; } = [];

    [Field(21)]
    public long? MaxProperties { get; init; }

    [Field(22)]
    public long? MinProperties { get; init; }

    [Field(23)]
    public ApiList<string> Required { get; init; } = [];

    [Field(24)]
    public JSONSchemaPropsOrArray? Items { get; init; }

    [Field(25)]
    public ApiList<JSONSchemaProps> AllOf { get; init; } = [];

    [Field(26)]
    public ApiList<JSONSchemaProps> OneOf { get; init; } = [];

    [Field(27)]
    public ApiList<JSONSchemaProps> AnyOf { get; init; } = [];

    [Field(28)]
    public JSONSchemaProps? Not { get; init; }

    [Field(29)]
    public ApiMap<JSONSchemaProps> Properties { get; init; } = [];

    [Field(30)]
    public JSONSchemaPropsOrBool? AdditionalProperties { get; init; }

    [Field(31)]
    public ApiMap<JSONSchemaProps> PatternProperties { get; init; } = [];

    [Field(32)]
    public ApiMap<JSONSchemaPropsOrStringArray> Dependencies { get; init; } = [];

    [Field(33)]
    public JSONSchemaPropsOrBool? AdditionalItems { get; init; }

    [Field(34)]
    public ApiMap<JSONSchemaProps> Definitions { get; init; } = [];

    [Field(35)]
    public ExternalDocumentation? ExternalDocs { get; init; }

    [Field(36)]
    public RawJson? Example { get; init; }

    [Field(37)]
    public bool Nullable { get; init; }

    [Field(38, Json = "x-kubernetes-preserve-unknown-fields")]
    public bool? XKubernetesPreserveUnknownFields { get; init; }

    [Field(39, Json = "x-kubernetes-embedded-resource")]
    public bool XKubernetesEmbeddedResource { get; init; }

    [Field(40, Json = "x-kubernetes-int-or-string")]
    public bool XKubernetesIntOrString { get; init; }

    [Field(41, Json = "x-kubernetes-list-map-keys")]
    public ApiList<string> XKubernetesListMapKeys { get; init; } = [];

    [Field(42, Json = "x-kubernetes-list-type")]
    public string? XKubernetesListType { get; init; }

    [Field(43, Json = "x-kubernetes-map-type")]
    public string? XKubernetesMapType { get; init; }

    [Field(44, Json = "x-kubernetes-validations"), ListMap("rule"), PatchStrategy("merge", "rule")]
    public ApiList<ValidationRule> XKubernetesValidations { get; init; } = [];
}
