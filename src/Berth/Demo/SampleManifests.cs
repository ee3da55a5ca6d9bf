using System.Reflection;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.ApiServer.Yaml;
using Berth.Client;

namespace Berth.Demo;

/// <summary>The manifests of samples/first-light, carried inside the binary, so that the demo needs no checkout.</summary>
internal static class SampleManifests
{
    private const string Prefix = "samples/first-light/";

    public static IReadOnlyList<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>Applies all of them on the server; doing it again changes nothing.</summary>
    public static async Task ApplyAsync(ClusterClient client, CancellationToken ct)
    {
        foreach (var name in Names)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
            using var reader = new StreamReader(stream);
            // The line's end belongs to the document: a block of text that ends it ends with a line break.
            foreach (var document in (await reader.ReadToEndAsync(ct)).Split("\n---\n"))
                await ApplyAsync(client, YamlToJson.Convert(System.Text.Encoding.UTF8.GetBytes(document + '\n')), ct);
        }
    }

    private static async Task ApplyAsync(ClusterClient client, byte[] json, CancellationToken ct)
    {
        var head = JsonNode.Parse(json)!;
        var kind = ApiCatalog.ByKind((string)head["apiVersion"]!, (string)head["kind"]!) ?? throw new InvalidOperationException($"a sample has the unknown kind {head["kind"]}");
        await client.ApplyRawAsync(kind, "default", (string)head["metadata"]!["name"]!, json, "berth-demo", ct);
    }
}
