using System.Text.Json.Nodes;

namespace Berth.ApiServer.Patch;

/// <summary>JSON merge patch (RFC 7386): objects merge, null removes, all else replaces.</summary>
public static class MergePatch
{
    /// <summary>Gives back the patched document; both arguments stay as they are.</summary>
    /// <exception cref="PatchException">The patch is not a JSON object: it would replace the whole resource.</exception>
    public static JsonNode Apply(JsonNode target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            throw PatchException.Malformed("Invalid JSON Patch");
        var result = target.DeepClone() as JsonObject ?? [];
        Merge(result, changes);
        return result;
    }

    private static void Merge(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is JsonObject changes && target[name] is JsonObject inner)
                Merge(inner, changes);
            else
                target[name] = WithoutNulls(value.DeepClone());
        }
    }

    // What is new has nothing to remove. kube-apiserver also clears the objects inside of lists.
    private static JsonNode WithoutNulls(JsonNode value)
    {
        switch (value)
        {
            case JsonObject map:
                foreach (var (name, member) in map.ToArray())
                {
                    if (member is null)
                        map.Remove(name);
                    else
                        WithoutNulls(member);
                }

                break;
            case JsonArray list:
                foreach (var item in list)
                {
                    if (item is not null)
                        WithoutNulls(item);
                }

                break;
        }

        return value;
    }
}
