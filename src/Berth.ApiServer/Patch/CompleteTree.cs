using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Schema;

namespace Berth.ApiServer.Patch;

/// <summary>
/// An object's JSON with the empty structs that Kubernetes writes and Berth leaves out: patches may descend into them
/// (<c>/spec/containers/0/resources/limits</c>), and whether a struct appeared or was there empty decides who owns it.
/// </summary>
public static class CompleteTree
{
    public static JsonObject Of(IApiObject value)
    {
        var tree = JsonTree.Of(value);
        Fill(tree, value.KindInfo.Schema);
        return tree;
    }

    private static void Fill(JsonObject tree, MessageSchema schema)
    {
        foreach (var field in schema.Fields)
        {
            if (field.Always && field.Value.Kind == ValueKind.Message && !tree.ContainsKey(field.Name))
                tree[field.Name] = new JsonObject();
            if (tree[field.Name] is { } value)
                Fill(value, field.Value);
        }
    }

    private static void Fill(JsonNode value, ValueSchema schema)
    {
        switch (value)
        {
            case JsonObject map when schema.Message is { } message:
                Fill(map, message);
                break;
            case JsonObject map when schema is { Kind: ValueKind.Map, Element: { } element }:
                foreach (var (_, member) in map)
                {
                    if (member is not null)
                        Fill(member, element);
                }

                break;
            case JsonArray list when schema.Element is { } element:
                foreach (var item in list)
                {
                    if (item is not null)
                        Fill(item, element);
                }

                break;
        }
    }
}
