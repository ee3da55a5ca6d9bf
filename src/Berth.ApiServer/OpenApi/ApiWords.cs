using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.ApiServer.OpenApi;

/// <summary>Words of the documents: those of the API's own types, and what is the same for all kinds. One document each.</summary>
internal sealed class ApiWords
{
    // Tests of Kubernetes look for the first words of these three in what kubectl explain shows.
    public const string ApiVersion = "APIVersion defines the version of the API in which this object is written, such as apps/v1; only the version for the core group.";
    public const string Kind = "Kind says what sort of object this is, in CamelCase, such as Deployment; it cannot change.";
    public const string Metadata = "Standard object's metadata: its name, namespace, labels and annotations, and what the server keeps about it.";

    private const string ListMetadata = "Resource version of the list, and where it goes on when this is only a part.";
    private const string Items = "The objects of the list.";

    private readonly Dictionary<string, string[]?> _known = new(StringComparer.Ordinal);

    /// <summary>Text of a type; null when there is none.</summary>
    public string? Of(Definition definition)
    {
        if (Texts(definition.Schema) is { } texts)
            return texts[0].Length > 0 ? texts[0] : null;
        return definition.IsList ? $"A list of objects of kind {definition.Kinds[0].Kind[..^"List".Length]}." : null;
    }

    /// <summary>Text of a type's field; null when there is none.</summary>
    /// <param name="index">Position in <see cref="MessageSchema.Fields"/>.</param>
    public string? Of(MessageSchema owner, FieldSchema field, int index)
    {
        if (Texts(owner) is { } texts && texts[index + 1].Length > 0)
            return texts[index + 1];
        if (field.Value.Message == ObjectMeta.Schema && field.Name == "metadata")
            return Metadata;
        if (field.Value.Message == ListMeta.Schema)
            return ListMetadata;
        return field.Name == "items" && owner.Field("metadata")?.Value.Message == ListMeta.Schema ? Items : null;
    }

    /// <summary>Text of a value that has a definition of its own; null when there is none.</summary>
    public static string? OfValue(string definition) => definition[(definition.LastIndexOf('.') + 1)..] switch
    {
        "Time" => "A moment, as RFC 3339 writes it, to the second: 2026-01-31T12:00:00Z. Null for none.",
        "MicroTime" => "A moment, as RFC 3339 writes it, to the microsecond: 2026-01-31T12:00:00.000000Z. Null for none.",
        "Quantity" =>
            "A number with a unit, as text or as a plain number: decimal (n, u, m, none, k, M, G, T, P, E), binary (Ki, Mi, Gi, Ti, Pi, Ei) or "
            + "with an exponent (1e3). 500m is a half, 1Gi is 1024 times 1024 times 1024. At most 2^63-1 before the point and three digits behind "
            + "it; what is finer is rounded up. Written back in the shortest form of the kind of unit that it came with.",
        "IntOrString" => "A whole number, or text: a name or a percentage such as 25%.",
        "RawExtension" => "An object of any kind, with its apiVersion and kind.",
        "FieldsV1" =>
            "A set of fields as a tree: each member is a step, and one with no members ends a path. f:NAME is a field, k:KEYS the item of a list with "
            + "these keys, v:VALUE the item of a set, i:INDEX an item by its place, and \".\" the value itself.",
        "JSON" => "JSON of any shape.",
        _ => null,
    };

    private string[]? Texts(MessageSchema schema)
    {
        if (!_known.TryGetValue(schema.Name, out var texts))
            _known[schema.Name] = texts = ApiDescriptions.Of(schema);
        return texts;
    }
}
