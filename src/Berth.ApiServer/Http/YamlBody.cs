namespace Berth.ApiServer.Http;

/// <summary>Bodies in YAML.</summary>
internal static class YamlBody
{
    /// <exception cref="ApiStatusException">400: the body is not YAML.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> yaml)
    {
        _ = yaml;
        throw ApiStatusException.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf");
    }
}
