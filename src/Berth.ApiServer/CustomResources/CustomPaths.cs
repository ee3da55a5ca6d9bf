using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.ApiServer.CustomResources;

/// <summary>Simple paths (<c>.spec.replicas</c>) into custom objects.</summary>
internal static class CustomPaths
{
    public static string[] Split(string path) => path.TrimStart('.').Split('.');

    public static JsonNode? Find(CustomObject value, ReadOnlySpan<string> path)
    {
        JsonNode? node = value.Content;
        foreach (var name in path)
        {
            if (node is not JsonObject map || !map.TryGetPropertyValue(name, out node))
                return null;
        }

        return node;
    }

    /// <summary>As field selectors compare it; empty when nothing is there.</summary>
    public static string Text(CustomObject value, ReadOnlySpan<string> path) => Find(value, path) switch
    {
        null => "",
        var node when node.GetValueKind() == JsonValueKind.String => node.GetValue<string>(),
        var node => node.ToJsonString(),
    };

    /// <summary>Zero when nothing is there.</summary>
    public static int Number(CustomObject value, ReadOnlySpan<string> path) => int.TryParse(Text(value, path), out var number) ? number : 0;

    /// <summary>The object with a value at a path; parents are made where they are missing.</summary>
    public static CustomObject With(CustomObject value, ReadOnlySpan<string> path, JsonNode leaf)
    {
        var content = (JsonObject)value.Content.DeepClone();
        var at = content;
        foreach (var name in path[..^1])
        {
            if (at[name] is not JsonObject next)
                at[name] = next = [];
            at = next;
        }

        at[path[^1]] = leaf;
        return value.WithContent(content);
    }
}
