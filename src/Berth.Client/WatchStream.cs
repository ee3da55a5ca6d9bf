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
        var reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(ct).ConfigureAwait(false);
                var buffer = result.Buffer;
                while (TryTakeLine(ref buffer, out var line))
                    yield return Parse<T>(line);
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

    private static WatchEvent<T> Parse<T>(ReadOnlySequence<byte> line)
        where T : class, IApiObject<T>
    {
        ReadOnlySpan<byte> json = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        var input = new JsonInput(json);
        input.Start();
        var type = "";
        T? value = null;
        RawJson? raw = null;
        if (!input.BeginObject())
            throw input.Fail("expected a watch event, got null");
        while (input.NextField())
        {
            if (input.Name.SequenceEqual("type"u8))
                type = input.ReadString();
            else if (!input.Name.SequenceEqual("object"u8))
                input.Skip();
            else if (type is "ERROR" or "")
                raw = input.ReadRaw();
            else
                value = T.ReadJson(ref input);
        }

        if (type == "ERROR")
            throw new ApiException(ApiJson.Deserialize<Status>(raw!.Span));
        value ??= ApiJson.Deserialize<T>((raw ?? throw input.Fail("the watch event has no object")).Span);
        return new(
            type switch
            {
                "ADDED" => WatchEventType.Added,
                "MODIFIED" => WatchEventType.Modified,
                "DELETED" => WatchEventType.Deleted,
                "BOOKMARK" => WatchEventType.Bookmark,
                _ => throw input.Fail($"\"{type}\" is not a type of watch event"),
            },
            value);
    }
}
