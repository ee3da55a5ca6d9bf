using System.Text.Json.Nodes;
using Berth.Api.Json;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.ApiServer.CustomResources;

/// <summary>Takes out of an object what its schema does not describe.</summary>
internal static class SchemaPruning
{
    private static readonly string[] s_typeFields = ["apiVersion", "kind", "metadata"];

    /// <summary>Changes the tree.</summary>
    /// <param name="report">Takes the names of what goes; null when nobody asks.</param>
    /// <returns>True when something went.</returns>
    public static bool Prune(JsonObject content, StructuralSchema root, DecodeReport? report) => PruneObject(content, root, "", report, isRoot: true);

    private static bool PruneValue(JsonNode? value, StructuralSchema? schema, string path, DecodeReport? report, bool keeps) => value switch
    {
        JsonObject map => PruneObject(map, schema, path, report, isRoot: false, keeps),
        JsonArray list => PruneItems(list, schema, path, report, keeps),
        _ => false,
    };

    private static bool PruneItems(JsonArray list, StructuralSchema? schema, string path, DecodeReport? report, bool keeps)
    {
        var items = schema?.Items;
        if (items is null && keeps)
            return false;
        var changed = false;
        for (var i = 0; i < list.Count; i++)
            changed |= PruneValue(list[i], items, report is null ? "" : $"{path}[{i}]", report, keeps);
        return changed;
    }

    // What stands below something that keeps unknown fields is kept too, unless a schema says otherwise there.
    private static bool PruneObject(JsonObject map, StructuralSchema? schema, string path, DecodeReport? report, bool isRoot, bool keeps = false)
    {
        if (schema is not null)
            keeps = schema.KeepsUnknown || (keeps && schema is { Properties.Count: 0, Additional: null, AllowsAdditional: false });
        var changed = false;
        foreach (var (name, value) in map.ToArray())
        {
            var at = report is null ? "" : path.Length == 0 ? name : $"{path}.{name}";
            if (schema?.IsEmbedded == true && s_typeFields.Contains(name) && !isRoot)
            {
                if (name == "metadata" && value is JsonObject metadata)
                    changed |= PruneTyped(metadata, ObjectMeta.Schema, at, report);
                continue;
            }

            if (schema?.Properties.TryGetValue(name, out var property) == true)
            {
                changed |= PruneValue(value, property, at, report, property.KeepsUnknown);
            }
            else if (schema?.Additional is { } additional)
            {
                changed |= PruneValue(value, additional, at, report, additional.KeepsUnknown);
            }
            else if (schema?.AllowsAdditional == true)
            {
                continue;
            }
            else if (!keeps)
            {
                map.Remove(name);
                report?.UnknownField(at);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>As <see cref="Prune"/>, by the schema of a built-in type.</summary>
    private static bool PruneTyped(JsonObject map, MessageSchema schema, string path, DecodeReport? report)
    {
        var changed = false;
        foreach (var (name, value) in map.ToArray())
        {
            if (schema.Field(name) is not { } field)
            {
                map.Remove(name);
                report?.UnknownField($"{path}.{name}");
                changed = true;
            }
            else if (field.Value.Message is { } message && value is JsonObject inner)
            {
                changed |= PruneTyped(inner, message, $"{path}.{name}", report);
            }
            else if (field.Value.Element?.Message is { } element && value is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is JsonObject item)
                        changed |= PruneTyped(item, element, $"{path}.{name}[{i}]", report);
                }
            }
        }

        return changed;
    }
}
