using Berth.Cel.Types;

namespace Berth.ApiServer.CustomResources.Rules;

/// <summary>What values of a schema are in expressions.</summary>
internal static class SchemaTypes
{
    private static readonly KeyValuePair<string, CelType>[] s_metadata = [new("name", CelType.String), new("generateName", CelType.String)];

    /// <param name="name">Of the type, if it is an object: the way to it, so that two of them are not taken for the same.</param>
    /// <param name="isResource">The root of a custom resource or of an object embedded in one: those have a name and a kind, whatever their schema says.</param>
    /// <returns>Null when expressions do not see such values: their type is not known.</returns>
    public static CelType? Of(StructuralSchema schema, string name, bool isResource)
    {
        if (schema.IsIntOrString)
            return CelType.Dyn.Sized(SchemaSizes.OfText(schema));
        return schema.Type switch
        {
            "array" => schema.Items is { } items && Of(items, name + ".@idx", items.IsEmbedded) is { } item ? List(schema, item) : null,
            "object" when schema.Additional is { } additional && !isResource =>
                Of(additional, name + ".@elem", additional.IsEmbedded) is { } value ? CelType.Map(CelType.String, value).Sized(SchemaSizes.OfMap(schema)) : null,
            "object" => new SchemaObjectType(name, Fields(schema, name, isResource)),
            "string" => schema.Source.Format switch
            {
                "byte" => CelType.Bytes.Sized(SchemaSizes.OfText(schema)),
                "duration" => CelType.Duration,
                "date" or "date-time" => CelType.Timestamp,
                _ => CelType.String.Sized(SchemaSizes.OfText(schema)),
            },
            "boolean" => CelType.Bool,
            "number" => CelType.Double,
            "integer" => CelType.Int,
            _ => null,
        };
    }

    private static CelType List(StructuralSchema schema, CelType item) => schema.Source.XKubernetesListType switch
    {
        "set" => new SchemaListType(item, []) { SizeMax = SchemaSizes.OfList(schema) },
        "map" => new SchemaListType(item, [.. schema.Source.XKubernetesListMapKeys.Select(k => PropertyNames.Escape(k) ?? k)]) { SizeMax = SchemaSizes.OfList(schema) },
        _ => CelType.List(item).Sized(SchemaSizes.OfList(schema)),
    };

    private static IEnumerable<KeyValuePair<string, CelType>> Fields(StructuralSchema schema, string name, bool isResource)
    {
        foreach (var (property, part) in schema.Properties)
        {
            if (isResource && property is ("apiVersion" or "kind" or "metadata"))
                continue;
            if (Of(part, $"{name}.{property}", part.IsEmbedded) is { } type)
                yield return new(property, type);
        }

        if (!isResource)
            yield break;
        yield return new("apiVersion", CelType.String);
        yield return new("kind", CelType.String);
        yield return new("metadata", new SchemaObjectType(name + ".metadata", s_metadata));
    }
}
