using System.Text.Json.Nodes;

namespace Berth.ApiServer.Tests;

/// <summary>Reads a watch's events one by one; waits for each until the deadline.</summary>
internal sealed class WatchReader(Stream stream) : IDisposable
{
    private readonly StreamReader _lines = new(stream);

    /// <summary>Null when the stream has ended.</summary>
    public async Task<(string Type, JsonNode Object)?> NextAsync()
    {
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        var line = await _lines.ReadLineAsync(deadline.Token);
        if (line is null)
            return null;
        var parsed = JsonNode.Parse(line)!;
        return (parsed["type"]!.GetValue<string>(), parsed["object"]!);
    }

    /// <summary><c>TYPE name</c>.</summary>
    public async Task<string> NextNameAsync() =>
        await NextAsync() is { } next ? $"{next.Type} {next.Object["metadata"]?["name"]?.GetValue<string>()}" : "end";

    public void Dispose() => _lines.Dispose();
}
