using System.Text;
using System.Text.Json.Nodes;
using Berth.Api;

namespace Berth.ApiServer.Validation;

/// <summary>Says what differs between two versions of an object, for errors about fields that may not change.</summary>
internal static class SpecDifference
{
    // Enough to see what is wrong; a whole pod spec in an error is not read by anyone.
    private const int LinesMax = 20;

    /// <summary>One line for each field that differs: <c>containers[0].image: "a" -> "b"</c>.</summary>
    public static string Describe(IMessage old, IMessage value)
    {
        var lines = new List<string>();
        Compare("", JsonNode.Parse(ApiJson.Serialize(old)), JsonNode.Parse(ApiJson.Serialize(value)), lines);
        var text = new StringBuilder();
        foreach (var line in lines.Take(LinesMax))
            text.Append('\n').Append("  ").Append(line);
        if (lines.Count > LinesMax)
            text.Append('\n').Append("  ... and ").Append(lines.Count - LinesMax).Append(" more");
        return text.ToString();
    }

    private static void Compare(string path, JsonNode? old, JsonNode? value, List<string> lines)
    {
        if (JsonNode.DeepEquals(old, value))
            return;
        if (old is JsonObject before && value is JsonObject after)
        {
            foreach (var name in before.Select(p => p.Key).Union(after.Select(p => p.Key)))
                Compare(path.Length == 0 ? name : $"{path}.{name}", before[name], after[name], lines);
        }
        else if (old is JsonArray left && value is JsonArray right && left.Count == right.Count)
        {
            for (var i = 0; i < left.Count; i++)
                Compare($"{path}[{i}]", left[i], right[i], lines);
        }
        else
        {
            lines.Add($"{path}: {old?.ToJsonString() ?? "(unset)"} -> {value?.ToJsonString() ?? "(unset)"}");
        }
    }
}
