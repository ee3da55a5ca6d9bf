using Berth.ApiServer.Yaml;

namespace Berth.ApiServer.Http;

/// <summary>Bodies in YAML; JSON is YAML too, and most clients send that.</summary>
internal static class YamlBody
{
    /// <exception cref="ApiStatusException">400: the body is not YAML that can be read.</exception>
    public static ReadOnlySpan<byte> ToJson(ReadOnlySpan<byte> yaml)
    {
        if (yaml.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
            return yaml;
        try
        {
            return YamlToJson.Convert(yaml);
        }
        catch (YamlFormatException e)
        {
            throw ApiStatusException.BadRequest($"error decoding YAML: {e.Message}");
        }
    }
}
