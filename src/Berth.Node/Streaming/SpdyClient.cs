using System.Buffers.Binary;

namespace Berth.Node.Streaming;

/// <summary>Streams over one upgraded connection to a runtime's streaming server. Reading is one loop, writing is serialised.</summary>
internal sealed class SpdyClient(Stream connection) : IDisposable
{
    // The runtime sends at most 32 KiB at once; a frame far beyond is no SPDY.
    private const int FrameBytesMax = 1024 * 1024;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _lastId = -1;

    public async Task<int> OpenAsync(IReadOnlyList<(string Name, string Value)> headers, CancellationToken ct)
    {
        var first = _lastId < 0;
        _lastId += 2; // a client's streams are odd
        await WriteAsync(SpdyFrames.OpenStream(_lastId, headers, first), ct);
        return _lastId;
    }

    public Task SendAsync(int id, ReadOnlyMemory<byte> data, bool fin, CancellationToken ct) => WriteAsync(SpdyFrames.Data(id, data.Span, fin), ct);

    /// <summary>Until the peer closes the connection.</summary>
    /// <param name="received">Stream, data, whether it was its last.</param>
    public async Task ReadAsync(Func<int, ReadOnlyMemory<byte>, bool, Task> received, CancellationToken ct)
    {
        var head = new byte[SpdyFrames.HeadBytes];
        while (true)
        {
            if (await connection.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct) < head.Length) return;
            var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) & 0xffffff;
            var flags = head[4];
            if (length > FrameBytesMax) throw new InvalidDataException($"SPDY frame of {length} bytes");
            var body = new byte[length];
            await connection.ReadExactlyAsync(body, ct);
            if ((head[0] & 0x80) == 0)
            {
                await received(BinaryPrimitives.ReadInt32BigEndian(head), body, (flags & SpdyFrames.FlagFin) != 0);
                continue;
            }

            switch (BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)))
            {
                case SpdyFrames.Ping:
                    await WriteAsync(SpdyFrames.Control(SpdyFrames.Ping, 0, body), ct);
                    break;
                case SpdyFrames.RstStream:
                    await received(BinaryPrimitives.ReadInt32BigEndian(body), default, true);
                    break;
                case SpdyFrames.GoAway:
                    return;
                default:
                    break; // replies, settings and windows ask for nothing
            }
        }
    }

    public void Dispose() => _writing.Dispose();

    private async Task WriteAsync(byte[] frame, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            await connection.WriteAsync(frame, ct);
            await connection.FlushAsync(ct);
        }
        finally
        {
            _writing.Release();
        }
    }
}
