using System.Text.Json.Nodes;

namespace Berth.ApiServer.Apply;

/// <summary>Merges an applied configuration into a live object: what the configuration sets wins, the rest stays.</summary>
internal static class StructuredMerge
{
    /// <summary>Gives back a new tree; both arguments stay as they are.</summary>
    public static JsonNode? Merge(JsonNode? live, JsonNode? applied, FieldType type) => type.For(live, applied) is var known && known != type
        ? Merge(live, applied, known)
        : MergeKnown(live, applied, type);

    private static JsonNode? MergeKnown(JsonNode? live, JsonNode? applied, FieldType type) => type.Form switch
    {
        FieldForm.Struct or FieldForm.Map when applied is JsonObject changes => MergeMembers(live as JsonObject ?? [], changes, type),
        FieldForm.KeyedList or FieldForm.Set when applied is JsonArray changes => MergeItems(live as JsonArray ?? [], changes, type),

        // An explicit null claims a field without emptying what others put below it.
        FieldForm.Struct or FieldForm.Map when applied is null && live is JsonObject { Count: > 0 } => live.DeepClone(),
        FieldForm.KeyedList or FieldForm.Set when applied is null && live is JsonArray { Count: > 0 } => live.DeepClone(),
        _ => applied?.DeepClone(),
    };

    private static JsonObject MergeMembers(JsonObject live, JsonObject applied, FieldType type)
    {
        var result = new JsonObject();
        foreach (var (name, value) in live)
            result[name] = applied.TryGetPropertyValue(name, out var change) ? Merge(value, change, type.Field(name)) : value?.DeepClone();
        foreach (var (name, value) in applied)
        {
            if (!live.ContainsKey(name))
                result[name] = value?.DeepClone();
        }

        return result;
    }

    /// <summary>
    /// The applied items come in their order; items that only the live list has stay in front of the applied one that they
    /// stood before.
    /// </summary>
    private static JsonArray MergeItems(JsonArray live, JsonArray applied, FieldType type)
    {
        var liveElements = live.Select((item, i) => type.ElementOf(item, i)).ToList();
        var appliedElements = applied.Select((item, i) => type.ElementOf(item, i)).ToList();
        var inApplied = appliedElements.ToHashSet();

        // Null for repeated items: those are not merged, the applied one takes their place.
        var liveByElement = new Dictionary<PathElement, JsonNode?>();
        for (var i = 0; i < live.Count; i++)
        {
            if (!liveByElement.TryAdd(liveElements[i], live[i]))
                liveByElement[liveElements[i]] = null;
        }

        // Items of both lists, in the order of the applied one. The live list is passed over until the one whose turn it is.
        var shared = new Queue<PathElement>(appliedElements.Where(liveByElement.ContainsKey));
        var merged = new HashSet<PathElement>();
        var result = new JsonArray();
        int l = 0, a = 0;
        while (l < live.Count || a < applied.Count)
        {
            var hasLive = l < live.Count;
            if (hasLive && a < applied.Count && inApplied.Contains(liveElements[l]) && !liveElements[l].Equals(appliedElements[a])
                && shared.TryPeek(out var next) && !next.Equals(liveElements[l]))
            {
                l++;
                continue;
            }

            if (hasLive && !inApplied.Contains(liveElements[l]))
            {
                result.Add(live[l]?.DeepClone());
                l++;
                continue;
            }

            if (hasLive && (merged.Contains(liveElements[l]) || (a < applied.Count && liveElements[l].Equals(appliedElements[a]))))
                l++;
            if (a == applied.Count)
                continue;
            var element = appliedElements[a];
            merged.Add(element);
            result.Add(liveByElement.GetValueOrDefault(element) is { } counterpart ? Merge(counterpart, applied[a], type.Item) : applied[a]?.DeepClone());
            if (shared.TryPeek(out var turn) && turn.Equals(element))
                shared.Dequeue();
            a++;
        }

        return result;
    }
}
