using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Ingress.GatewayApi;

/// <summary>Reads fields of JSON trees whose shape the API server has checked; what is not there or of another type is absent.</summary>
internal static class Tree
{
    public static string? Text(this JsonObject tree, string name) => tree[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static int? Number(this JsonObject tree, string name) =>
        tree[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number) ? number
        : tree[name] is JsonValue wide && wide.TryGetValue(out long large) ? (int)large : null;

    public static JsonObject Object(this JsonObject tree, string name) => tree[name] as JsonObject ?? [];

    public static IEnumerable<JsonObject> Objects(this JsonObject tree, string name) => (tree[name] as JsonArray ?? []).OfType<JsonObject>();

    public static IEnumerable<string> Texts(this JsonObject tree, string name) =>
        (tree[name] as JsonArray ?? []).OfType<JsonValue>().Select(v => v.TryGetValue(out string? text) ? text : null).OfType<string>();
}
