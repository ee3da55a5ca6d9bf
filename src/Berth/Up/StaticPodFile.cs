using System.Text.Json;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.ApiServer.Strategies.Pods;
using Berth.ApiServer.Yaml;

namespace Berth.Up;

/// <summary>A pod as a file describes it, with the defaults that the API would give it.</summary>
internal static class StaticPodFile
{
    /// <exception cref="FormatException">It is no pod; the message says why.</exception>
    public static Pod Read(byte[] content)
    {
        try
        {
            var json = YamlToJson.Convert(content);
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("kind", out var kind) || kind.ValueKind != JsonValueKind.String || kind.GetString() != "Pod"
                || !document.RootElement.TryGetProperty("apiVersion", out var version) || version.ValueKind != JsonValueKind.String || version.GetString() != "v1")
                throw new FormatException("it is not of apiVersion v1 and kind Pod");
            return PodDefaults.Of(ApiJson.Deserialize<Pod>(json));
        }
        catch (Exception error) when (error is YamlFormatException or JsonException or InvalidOperationException)
        {
            throw new FormatException(error.Message, error);
        }
    }
}
