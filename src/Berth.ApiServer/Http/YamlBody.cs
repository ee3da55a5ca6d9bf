namespace Berth.ApiServer.Http;

/// <summary>Bodies in YAML; JSON is YAML too, and most clients send that.</summary>
internal static class YamlBody
{
    /// <exception cref="ApiStatusException">The body is not YAML that can be read.</exception>
    public static ReadOnlySpan<byte> ToJson(ReadOnlySpan<byte> yaml)
    {
        if (yaml.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
            return yaml;
        throw ApiStatusException.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf");
    }
}
