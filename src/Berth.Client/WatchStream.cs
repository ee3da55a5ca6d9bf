using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Berth.Api;
using Berth.Api.Json;
using Berth.Api.Meta.V1;

namespace Berth.Client;

/// <summary>Reads a watch's answer: one JSON document a line.</summary>
internal static class WatchStream
{
    public static async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(Stream stream, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IApiObject<T>
    {
        await foreach (var line in LinesAsync(stream, ct).ConfigureAwait(false))
        {
            var (type, json) = Split(line);
            yield return new(type, ApiJson.Deserialize<T>(json));
        }
    }

    /// <summary>The events' objects as JSON.</summary>
    public static async IAsyncEnumerable<(WatchEventType Type, byte[] Json)> ReadRawAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var line in LinesAsync(stream, ct).ConfigureAwait(false))
            yield return Split(line);
    }

    private static async IAsyncEnumerable<byte[]> LinesAsync(Stream stream, [EnumeratorCancellation] CancellationToken ct)
    {
        var reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(ct).ConfigureAwait(false);
                var buffer = result.Buffer;
                while (TryTakeLine(ref buffer, out var line))
                    yield return line.ToArray();
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                    yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        while (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            if (!line.IsEmpty)
                return true;
        }

        line = default;
        return false;
    }

    private static (WatchEventType Type, byte[] Json) Split(byte[] line)
    {
        var input = new JsonInput(line);
        input.Start();
        var type = "";
        RawJson? value = null;
        if (!input.BeginObject())
            throw input.Fail("expected a watch event, got null");
        while (input.NextField())
        {
            if (input.Name.SequenceEqual("type"u8))
                type = input.ReadString();
            else if (input.Name.SequenceEqual("object"u8))
                value = input.ReadRaw();
            else
                input.Skip();
        }

        var json = (value ?? throw input.Fail("the watch event has no object")).Memory.ToArray();
        return type switch
        {
            "ADDED" => (WatchEventType.Added, json),
            "MODIFIED" => (WatchEventType.Modified, json),
            "DELETED" => (WatchEventType.Deleted, json),
            "BOOKMARK" => (WatchEventType.Bookmark, json),
            "ERROR" => throw new ApiException(ApiJson.Deserialize<Status>(json)),
            _ => throw input.Fail($"\"{type}\" is not a type of watch event"),
        };
    }
}
