using System.Text.Json.Nodes;

namespace Berth.ApiServer.Patch;

/// <summary>
/// Lists in strategic merge patch. Items meet by their merge key, scalars by value. The result keeps the patch's items in
/// the patch's order and the others in the order they had, the two interleaved as they stood before.
/// </summary>
internal static class StrategicList
{
    /// <summary>Merges the patch's items into the original's, in the order that the patch has them; consumes both lists.</summary>
    public static List<JsonNode?> Merge(List<JsonNode?> original, List<JsonNode?> patch, string? mergeKey, PatchShape itemShape)
    {
        if (original.Count == 0 && patch.Count == 0)
            return original;
        var order = Identities(patch.Where(i => i is not JsonObject map || !map.ContainsKey(StrategicMergePatch.PatchDirective)), mergeKey);
        var result = MergeItems(original, patch, mergeKey, itemShape);
        return Arrange(result.Items, result.IsReplaced ? [] : order, result.Kept, mergeKey);
    }

    /// <summary>The same in the order that the patch asks for in a directive.</summary>
    public static List<JsonNode?> MergeOrdered(
        List<JsonNode?> original, List<JsonNode?> patch, List<JsonNode?> order, string? mergeKey, PatchShape itemShape)
    {
        var before = Identities(original, mergeKey);
        var result = MergeItems(original, patch, mergeKey, itemShape);

        // New items count as standing behind the old ones, as many as were deleted; further ones have no place of their own.
        // That is how kube-apiserver orders them.
        var was = mergeKey is null || result.IsReplaced ? before : [.. result.Kept, .. result.Added.Take(before.Count - result.Kept.Count)];
        return Arrange(result.Items, Identities(order, mergeKey), was, mergeKey);
    }

    private static Merged MergeItems(List<JsonNode?> original, List<JsonNode?> patch, string? mergeKey, PatchShape itemShape)
    {
        if (!AreObjects(original, patch))
        {
            var scalars = new List<JsonNode?>();
            foreach (var item in original.Concat(patch))
            {
                if (!scalars.Any(s => JsonNode.DeepEquals(s, item)))
                    scalars.Add(item);
            }

            return new Merged(scalars, Identities(original, null), [], false);
        }

        if (mergeKey is null)
            throw PatchException.Malformed($"cannot merge lists without merge key for {itemShape.Message?.Name}");
        var (items, changes, isReplaced) = ApplyDirectives(original, patch, mergeKey);
        var kept = Identities(items, mergeKey);
        var added = new List<string>();
        foreach (var change in changes)
        {
            var at = IndexOf(items, KeyOf((JsonObject)change!, mergeKey), mergeKey);
            if (at < 0)
            {
                added.Add(Identity(change, mergeKey));
                items.Add(change);
            }
            else
            {
                items[at] = StrategicMergePatch.MergeObject((JsonObject)items[at]!, (JsonObject)change!, itemShape);
            }
        }

        return new Merged(items, kept, added, isReplaced);
    }

    /// <summary>
    /// Puts items that <paramref name="order"/> names into its order, and the rest between them where
    /// <paramref name="before"/> had them.
    /// </summary>
    public static List<JsonNode?> Arrange(List<JsonNode?> items, List<string> order, List<string> before, string? mergeKey)
    {
        var ordered = Ranks(order);
        var was = Ranks(before);
        var named = items.Where(i => ordered.ContainsKey(Identity(i, mergeKey))).OrderBy(i => ordered[Identity(i, mergeKey)]).ToList();
        var others = items.Where(i => !ordered.ContainsKey(Identity(i, mergeKey)))
            .OrderBy(i => was.GetValueOrDefault(Identity(i, mergeKey), int.MaxValue)).ToList();
        var result = new List<JsonNode?>(items.Count);
        int left = 0, right = 0;
        while (left < others.Count || right < named.Count)
        {
            var takeOther = right == named.Count || (left < others.Count
                && was.TryGetValue(Identity(others[left], mergeKey), out var otherRank)
                && was.TryGetValue(Identity(named[right], mergeKey), out var namedRank)
                && otherRank < namedRank);
            result.Add(takeOther ? others[left++] : named[right++]);
        }

        return result;
    }

    /// <summary>Checks that the patch's items stand in the order that the patch itself asks for.</summary>
    public static void CheckOrder(List<JsonNode?>? patch, List<JsonNode?> order, string? mergeKey)
    {
        if (patch is null || patch.Count == 0 || order.Count == 0)
            return;
        var at = 0;
        foreach (var item in patch)
        {
            if (item is JsonObject map && map.ContainsKey(StrategicMergePatch.PatchDirective))
                continue;
            var identity = Identity(item, mergeKey);
            while (at < order.Count && Identity(order[at], mergeKey) != identity)
                at++;
            if (at++ < order.Count)
                continue;
            throw PatchException.Malformed(
                $"The order in patch list:\n{GoText.Of(Copy(patch))}\n doesn't match $setElementOrder list:\n{GoText.Of(Copy(order))}\n");
        }
    }

    private static (List<JsonNode?> Items, List<JsonNode?> Changes, bool IsReplaced) ApplyDirectives(List<JsonNode?> original, List<JsonNode?> patch, string mergeKey)
    {
        var changes = new List<JsonNode?>();
        var replace = false;
        foreach (var item in patch)
        {
            var map = (JsonObject)item!;
            if (!map.TryGetPropertyValue(StrategicMergePatch.PatchDirective, out var directive))
            {
                changes.Add(map);
                continue;
            }

            switch (StrategicMergePatch.DirectiveText(directive))
            {
                case "delete":
                    var key = KeyOf(map, mergeKey);
                    original.RemoveAll(o => o is JsonObject candidate && candidate.TryGetPropertyValue(mergeKey, out var value) && JsonNode.DeepEquals(value, key));
                    break;
                case "replace":
                    replace = true;
                    break;
                case "merge":
                    throw PatchException.Malformed("merging lists cannot yet be specified in the patch");
                default:
                    throw StrategicMergePatch.UnknownDirective(directive, map);
            }
        }

        return replace ? (changes, [], true) : (original, changes, false);
    }

    private static bool AreObjects(List<JsonNode?> original, List<JsonNode?> patch)
    {
        var objects = 0;
        foreach (var item in original.Concat(patch))
        {
            if (item is JsonArray)
                throw PatchException.DoesNotApply("lists of lists are not supported");
            if (item is JsonObject)
                objects++;
        }

        if (objects != 0 && objects != original.Count + patch.Count)
            throw PatchException.Malformed("list element types are not identical");
        return objects > 0;
    }

    /// <summary>What items are told apart by: the merge key's value, or the scalar itself.</summary>
    public static List<string> Identities(IEnumerable<JsonNode?> items, string? mergeKey) => [.. items.Select(i => Identity(i, mergeKey))];

    // Of items with the same key the first one's place counts.
    private static Dictionary<string, int> Ranks(List<string> identities)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < identities.Count; i++)
            ranks.TryAdd(identities[i], i);
        return ranks;
    }

    private static string Identity(JsonNode? item, string? mergeKey)
    {
        var value = mergeKey is null || item is not JsonObject map ? item : KeyOf(map, mergeKey);
        return value?.ToJsonString() ?? "null";
    }

    private static JsonNode? KeyOf(JsonObject map, string mergeKey) =>
        map.TryGetPropertyValue(mergeKey, out var value)
            ? value
            : throw PatchException.Malformed($"map: {GoText.Of(map)} does not contain declared merge key: {mergeKey}");

    private static int IndexOf(List<JsonNode?> list, JsonNode? key, string mergeKey) =>
        list.FindIndex(item => item is JsonObject map && map.TryGetPropertyValue(mergeKey, out var value) && JsonNode.DeepEquals(value, key));

    private static JsonArray Copy(List<JsonNode?> items) => new([.. items.Select(i => i?.DeepClone())]);

    /// <param name="Kept">Identities of the original's items that were not deleted, in their order.</param>
    /// <param name="Added">Identities of the items that only the patch has, in its order.</param>
    /// <param name="IsReplaced">The patch's items took the place of all others.</param>
    private sealed record Merged(List<JsonNode?> Items, List<string> Kept, List<string> Added, bool IsReplaced);
}
