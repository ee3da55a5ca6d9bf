using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api.Json;
using Berth.ApiServer.Patch;

namespace Berth.ApiServer.CustomResources;

/// <summary>Reads JSON into a tree and says which names come twice in one object; the last one counts.</summary>
internal static class CustomTree
{
    private const int DepthMax = 512;

    /// <param name="path">Where the value stands in its object.</param>
    public static JsonNode? Read(ReadOnlySpan<byte> json, string path, DecodeReport? report)
    {
        if (report is not null)
            FindDuplicates(json, path, report);
        return JsonTree.Parse(json);
    }

    private static void FindDuplicates(ReadOnlySpan<byte> json, string path, DecodeReport report)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DepthMax });
        reader.Read();
        Walk(ref reader, path, report);
    }

    private static void Walk(ref Utf8JsonReader reader, string path, DecodeReport report)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var name = reader.GetString()!;
                var at = $"{path}.{name}";
                if (!seen.Add(name))
                    report.DuplicateField(at);
                reader.Read();
                Walk(ref reader, at, report);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
                Walk(ref reader, $"{path}[{i}]", report);
        }
    }
}
