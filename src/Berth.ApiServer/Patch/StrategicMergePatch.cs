using System.Text.Json.Nodes;
using Berth.Api.Schema;

namespace Berth.ApiServer.Patch;

/// <summary>
/// Strategic merge patch: a merge patch that knows from the schema which lists are merged, by which key, and that takes
/// directives (<c>$patch</c>, <c>$deleteFromPrimitiveList/x</c>, <c>$setElementOrder/x</c>, <c>$retainKeys</c>).
/// </summary>
public static class StrategicMergePatch
{
    internal const string PatchDirective = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeleteFromList = "$deleteFromPrimitiveList";
    private const string SetElementOrder = "$setElementOrder";

    /// <summary>Gives back the patched document; both arguments stay as they are.</summary>
    /// <exception cref="PatchException">The patch is malformed or does not fit the schema.</exception>
    public static JsonNode Apply(JsonNode target, JsonNode? patch, MessageSchema schema)
    {
        if (patch is not JsonObject changes || target is not JsonObject current)
            throw PatchException.Malformed("invalid JSON document");
        return MergeObject((JsonObject)current.DeepClone(), (JsonObject)changes.DeepClone(), new PatchShape(schema, null));
    }

    /// <summary>Merges into <paramref name="target"/>; consumes both arguments.</summary>
    internal static JsonObject MergeObject(JsonObject target, JsonObject patch, PatchShape shape)
    {
        // 1. A directive for the whole object.
        if (patch.TryGetPropertyValue(PatchDirective, out var directive))
            return Whole(patch, directive);

        // 2. Fields that the patch does not retain go.
        Retain(target, patch);

        // 3. Lists whose order the patch gives, together with their changes.
        foreach (var (name, order) in patch.ToArray())
        {
            if (name.StartsWith(SetElementOrder, StringComparison.Ordinal))
            {
                patch.Remove(name);
                MergeOrdered(target, patch, ListName(name, "invalid patch format of setElementOrder list"), order, shape);
            }
        }

        // 4. Everything else, field by field.
        foreach (var (name, value) in patch.ToArray())
        {
            patch.Remove(name);
            if (name.StartsWith(DeleteFromList, StringComparison.Ordinal))
                DeleteItems(target, ListName(name, "invalid patch format of primitive list"), value);
            else
                MergeField(target, name, value, shape);
        }

        return target;
    }

    private static JsonObject Whole(JsonObject patch, JsonNode? directive)
    {
        switch (DirectiveText(directive))
        {
            case "replace":
                patch.Remove(PatchDirective);
                return patch;
            case "delete":
                return [];
            default:
                throw UnknownDirective(directive, patch);
        }
    }

    private static void Retain(JsonObject target, JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(RetainKeys, out var node))
            return;
        patch.Remove(RetainKeys);
        if (node is not JsonArray list)
            throw PatchException.Malformed("invalid patch format of retainKeys");
        var keys = list.Select(DirectiveText).ToHashSet();
        foreach (var (name, value) in patch)
        {
            var isDirective = name.StartsWith(DeleteFromList, StringComparison.Ordinal) || name.StartsWith(SetElementOrder, StringComparison.Ordinal);
            if (value is not null && !isDirective && !keys.Contains(name))
                throw PatchException.Malformed("invalid patch format of retainKeys");
        }

        foreach (var name in target.Select(member => member.Key).Where(name => !keys.Contains(name)).ToArray())
            target.Remove(name);
    }

    private static void MergeOrdered(JsonObject target, JsonObject patch, string name, JsonNode? orderNode, PatchShape shape)
    {
        if (orderNode is not JsonArray orderList)
            throw PatchException.Malformed("invalid patch format of setElementOrder list");
        var original = ListOrNull(target, name);
        var changes = ListOrNull(patch, name);
        var field = shape.Field(name);
        var order = Detach(orderList);
        StrategicList.CheckOrder(changes, order, field.MergeKey);
        if (original is null && changes is null)
            return;
        patch.Remove(name);
        if (original is not null && changes is not null && field.Strategy == "merge")
        {
            target[name] = new JsonArray([.. StrategicList.MergeOrdered(original, changes, order, field.MergeKey, field.ItemShape)]);
            return;
        }

        var before = StrategicList.Identities(original ?? [], field.MergeKey);
        var items = original is null ? changes!.Where(Clean).ToList() : changes ?? original;
        target[name] = new JsonArray([.. StrategicList.Arrange(items, StrategicList.Identities(order, field.MergeKey), before, field.MergeKey)]);
    }

    private static void MergeField(JsonObject target, string name, JsonNode? value, PatchShape shape)
    {
        if (value is null)
        {
            target.Remove(name);
            return;
        }

        switch (target[name], value)
        {
            case (JsonObject original, JsonObject changes):
                var structField = shape.Field(name);
                if (structField.Strategy == "replace")
                {
                    target[name] = changes;
                    break;
                }

                target.Remove(name);
                target[name] = MergeObject(original, changes, structField.Shape);
                break;
            case (JsonArray original, JsonArray changes):
                var listField = shape.Field(name);
                target[name] = listField.Strategy == "merge"
                    ? new JsonArray([.. StrategicList.Merge(Detach(original), Detach(changes), listField.MergeKey, listField.ItemShape)])
                    : changes;
                break;
            default:
                DropNulls(value);
                if (Clean(value))
                    target[name] = value;
                else
                    target.Remove(name);
                break;
        }
    }

    private static void DeleteItems(JsonObject target, string name, JsonNode? value)
    {
        if (value is null)
        {
            target.Remove(name);
            return;
        }

        if (value is not JsonArray gone || target[name] is not JsonArray list)
            return;
        target[name] = new JsonArray([.. Detach(list).Where(item => !gone.Any(g => JsonNode.DeepEquals(g, item)))]);
    }

    /// <summary>Takes out what carries a directive: without an original there is nothing to delete. False when the value itself does.</summary>
    private static bool Clean(JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                if (map.ContainsKey(PatchDirective))
                    return false;
                foreach (var (name, member) in map.ToArray())
                {
                    if (!Clean(member))
                        map.Remove(name);
                }

                break;
            case JsonArray list:
                for (var i = list.Count - 1; i >= 0; i--)
                {
                    if (!Clean(list[i]))
                        list.RemoveAt(i);
                }

                break;
        }

        return true;
    }

    private static void DropNulls(JsonNode? value)
    {
        if (value is JsonObject map)
        {
            foreach (var (name, member) in map.ToArray())
            {
                if (member is null)
                    map.Remove(name);
                else
                    DropNulls(member);
            }
        }
        else if (value is JsonArray list)
        {
            foreach (var item in list)
                DropNulls(item);
        }
    }

    private static List<JsonNode?>? ListOrNull(JsonObject owner, string name)
    {
        if (!owner.TryGetPropertyValue(name, out var node))
            return null;
        return node is JsonArray list
            ? Detach(list)
            : throw PatchException.Malformed($"expected a list for \"{name}\", but received {GoText.Of(node)}");
    }

    // A node can have one parent only.
    private static List<JsonNode?> Detach(JsonArray list)
    {
        var items = list.ToList();
        list.Clear();
        return items;
    }

    private static string ListName(string directive, string error)
    {
        var slash = directive.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || directive[..slash] is not (DeleteFromList or SetElementOrder))
            throw PatchException.Malformed(error);
        return directive[(slash + 1)..];
    }

    internal static string DirectiveText(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    internal static PatchException UnknownDirective(JsonNode? directive, JsonObject patch) =>
        PatchException.Malformed($"unknown patch type: {GoText.Of(directive)} in map: {GoText.Of(patch)}");
}
