using System.Text.Json;

namespace Berth.Node.Cri;

/// <summary>
/// What containerd (and CRI-O) tell in the verbose answers beyond the protocol: one JSON document under "info". Another
/// runtime may tell nothing; every reader returns null then.
/// </summary>
public static class RuntimeInfo
{
    /// <summary>Pid of a container's first process, or of a sandbox's pause process, in the host's pid namespace.</summary>
    public static int? PidOf(IReadOnlyDictionary<string, string> info) => Read(info, root =>
        root.TryGetProperty("pid", out var pid) && pid.TryGetInt32(out var number) && number > 0 ? number : (int?)null);

    /// <summary>Path of a sandbox's network namespace; null for pods in the host's network.</summary>
    public static string? NetworkNamespaceOf(IReadOnlyDictionary<string, string> info) => Read(info, root =>
    {
        if (!root.TryGetProperty("runtimeSpec", out var spec)
            || !spec.TryGetProperty("linux", out var linux)
            || !linux.TryGetProperty("namespaces", out var namespaces)
            || namespaces.ValueKind != JsonValueKind.Array)
            return null;
        foreach (var item in namespaces.EnumerateArray())
        {
            if (item.TryGetProperty("type", out var type) && type.GetString() == "network"
                && item.TryGetProperty("path", out var path) && path.GetString() is { Length: > 0 } text)
                return text;
        }

        return null;
    });

    private static T? Read<T>(IReadOnlyDictionary<string, string> info, Func<JsonElement, T?> read)
    {
        if (!info.TryGetValue("info", out var text)) return default;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object ? read(json.RootElement) : default;
        }
        catch (JsonException)
        {
            return default; // debug output, not a contract
        }
    }
}
