using System.Text.Json.Nodes;

namespace Berth.ApiServer.CustomResources;

/// <summary>Puts the defaults of a schema where an object has nothing.</summary>
internal static class SchemaDefaults
{
    /// <summary>Changes the tree.</summary>
    /// <returns>True when something was set.</returns>
    public static bool Apply(JsonNode? value, StructuralSchema? schema)
    {
        if (schema is not { HasDefaults: true })
            return false;
        var changed = false;
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, property) in schema.Properties)
                {
                    // Null is as good as nothing where it is not allowed and a default takes its place.
                    if (map.TryGetPropertyValue(name, out var present) && (present is not null || property.IsNullable || property.Default is null))
                    {
                        changed |= Apply(present, property);
                    }
                    else if (property.Default is { } fallback)
                    {
                        var filled = fallback.DeepClone();
                        Apply(filled, property);
                        map[name] = filled;
                        changed = true;
                    }
                }

                if (schema.Additional is not { } additional)
                    break;
                foreach (var (name, member) in map.ToArray())
                {
                    if (schema.Properties.ContainsKey(name))
                        continue;
                    if (member is null && !additional.IsNullable && additional.Default is { } other)
                    {
                        map[name] = other.DeepClone();
                        changed = true;
                    }
                    else
                    {
                        changed |= Apply(member, additional);
                    }
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is null && schema.Items is { IsNullable: false, Default: { } fallback })
                    {
                        list[i] = fallback.DeepClone();
                        changed = true;
                    }
                    else
                    {
                        changed |= Apply(list[i], schema.Items);
                    }
                }

                break;
        }

        return changed;
    }
}
