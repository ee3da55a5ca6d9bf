using System.Text.Json;
using Berth.ApiServer.Yaml;

namespace Berth.ApiServer.Http;

/// <summary>Bodies in YAML; JSON is YAML too, and most clients send that.</summary>
internal static class YamlBody
{
    /// <param name="repeatedKeys">Takes a line for each key that is set twice; null when nobody asks.</param>
    /// <exception cref="ApiStatusException">400: the body is not YAML that can be read.</exception>
    public static ReadOnlySpan<byte> ToJson(ReadOnlySpan<byte> yaml, ICollection<string>? repeatedKeys = null)
    {
        if (yaml.TrimStart(" \t\r\n"u8).StartsWith("{"u8) && IsJson(yaml))
            return yaml;
        try
        {
            return YamlToJson.Convert(yaml, repeatedKeys);
        }
        catch (YamlFormatException e)
        {
            throw ApiStatusException.BadRequest($"error decoding YAML: {e.Message}");
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 512 });
            while (reader.Read())
            {
                // The reader throws where the text is no JSON.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
