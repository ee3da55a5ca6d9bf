using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>
/// A JSON schema in the form of OpenAPI 3.0, with Kubernetes' extensions. Not all fields are allowed in definitions of custom resources.
/// </summary>
public sealed partial record JSONSchemaProps
{
    /// <summary>Not allowed here.</summary>
    [Field(1)]
    public string Id { get; init; } = "";

    /// <summary>Not allowed here.</summary>
    [Field(2, Json = "$schema")]
    public string SchemaValue { get; init; } = "";

    /// <summary>Not allowed here.</summary>
    [Field(3, Json = "$ref")]
    public string? Ref { get; init; }

    /// <summary>What the value means.</summary>
    [Field(4)]
    public string Description { get; init; } = "";

    /// <summary>object, array, string, integer, number or boolean.</summary>
    [Field(5)]
    public string Type { get; init; } = "";

    /// <summary>Finer type, such as int32, int64, double, byte, date, date-time, duration, uuid, ipv4, cidr; unknown ones are ignored.</summary>
    [Field(6)]
    public string Format { get; init; } = "";

    /// <summary>A short name.</summary>
    [Field(7)]
    public string Title { get; init; } = "";

    /// <summary>Value that is put in where there is none.</summary>
    [Field(8)]
    public RawJson? Default { get; init; }

    /// <summary>Largest number.</summary>
    [Field(9)]
    public double? Maximum { get; init; }

    /// <summary>True leaves maximum itself out.</summary>
    [Field(10)]
    public bool ExclusiveMaximum { get; init; }

    /// <summary>Smallest number.</summary>
    [Field(11)]
    public double? Minimum { get; init; }

    /// <summary>True leaves minimum itself out.</summary>
    [Field(12)]
    public bool ExclusiveMinimum { get; init; }

    /// <summary>Most characters of a text.</summary>
    [Field(13)]
    public long? MaxLength { get; init; }

    /// <summary>Least characters of a text.</summary>
    [Field(14)]
    public long? MinLength { get; init; }

    /// <summary>Regular expression (RE2) that a text must match somewhere.</summary>
    [Field(15)]
    public string Pattern { get; init; } = "";

    /// <summary>Most items of a list.</summary>
    [Field(16)]
    public long? MaxItems { get; init; }

    /// <summary>Least items of a list.</summary>
    [Field(17)]
    public long? MinItems { get; init; }

    /// <summary>Must be false; a list of type set has no repeats.</summary>
    [Field(18)]
    public bool UniqueItems { get; init; }

    /// <summary>Number that the value must be a multiple of.</summary>
    [Field(19)]
    public double? MultipleOf { get; init; }

    /// <summary>Values that are allowed.</summary>
    [Field(20)]
    public ApiList<RawJson> Enum { get; init; } = [];

    /// <summary>Most members of an object.</summary>
    [Field(21)]
    public long? MaxProperties { get; init; }

    /// <summary>Least members of an object.</summary>
    [Field(22)]
    public long? MinProperties { get; init; }

    /// <summary>Members that an object must have.</summary>
    [Field(23)]
    public ApiList<string> Required { get; init; } = [];

    /// <summary>Schema of a list's items.</summary>
    [Field(24)]
    public JSONSchemaPropsOrArray? Items { get; init; }

    /// <summary>Schemas that all must hold; they add bounds, no types.</summary>
    [Field(25)]
    public ApiList<JSONSchemaProps> AllOf { get; init; } = [];

    /// <summary>Schemas of which exactly one must hold.</summary>
    [Field(26)]
    public ApiList<JSONSchemaProps> OneOf { get; init; } = [];

    /// <summary>Schemas of which one must hold.</summary>
    [Field(27)]
    public ApiList<JSONSchemaProps> AnyOf { get; init; } = [];

    /// <summary>A schema that must not hold.</summary>
    [Field(28)]
    public JSONSchemaProps? Not { get; init; }

    /// <summary>Members of an object, each with its schema.</summary>
    [Field(29)]
    public ApiMap<JSONSchemaProps> Properties { get; init; } = [];

    /// <summary>Schema of members that are not listed; not together with properties.</summary>
    [Field(30)]
    public JSONSchemaPropsOrBool? AdditionalProperties { get; init; }

    /// <summary>Not allowed here.</summary>
    [Field(31)]
    public ApiMap<JSONSchemaProps> PatternProperties { get; init; } = [];

    /// <summary>Not allowed here.</summary>
    [Field(32)]
    public ApiMap<JSONSchemaPropsOrStringArray> Dependencies { get; init; } = [];

    /// <summary>Not allowed here.</summary>
    [Field(33)]
    public JSONSchemaPropsOrBool? AdditionalItems { get; init; }

    /// <summary>Not allowed here.</summary>
    [Field(34)]
    public ApiMap<JSONSchemaProps> Definitions { get; init; } = [];

    /// <summary>A document elsewhere.</summary>
    [Field(35)]
    public ExternalDocumentation? ExternalDocs { get; init; }

    /// <summary>An example.</summary>
    [Field(36)]
    public RawJson? Example { get; init; }

    /// <summary>True allows null. Default: false.</summary>
    [Field(37)]
    public bool Nullable { get; init; }

    /// <summary>True keeps fields that the schema does not name; otherwise they are dropped.</summary>
    [Field(38, Json = "x-kubernetes-preserve-unknown-fields")]
    public bool? XKubernetesPreserveUnknownFields { get; init; }

    /// <summary>True: an object with apiVersion, kind and metadata of its own.</summary>
    [Field(39, Json = "x-kubernetes-embedded-resource")]
    public bool XKubernetesEmbeddedResource { get; init; }

    /// <summary>True: a whole number or a text.</summary>
    [Field(40, Json = "x-kubernetes-int-or-string")]
    public bool XKubernetesIntOrString { get; init; }

    /// <summary>Fields that tell the items of a list of type map apart.</summary>
    [Field(41, Json = "x-kubernetes-list-map-keys")]
    public ApiList<string> XKubernetesListMapKeys { get; init; } = [];

    /// <summary>How a list is merged: atomic as a whole, set by value, map by its keys. Default: atomic.</summary>
    [Field(42, Json = "x-kubernetes-list-type")]
    public string? XKubernetesListType { get; init; }

    /// <summary>How an object is merged: granular by member, atomic as a whole. Default: granular.</summary>
    [Field(43, Json = "x-kubernetes-map-type")]
    public string? XKubernetesMapType { get; init; }

    /// <summary>Rules as expressions in CEL.</summary>
    [Field(44, Json = "x-kubernetes-validations"), ListMap("rule"), PatchStrategy("merge", "rule")]
    public ApiList<ValidationRule> XKubernetesValidations { get; init; } = [];
}
