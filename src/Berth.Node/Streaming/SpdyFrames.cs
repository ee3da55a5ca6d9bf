using System.Buffers.Binary;
using System.Text;

namespace Berth.Node.Streaming;

/// <summary>
/// Frames of SPDY/3.1 as far as a client of a container runtime's streaming server needs them. Headers are sent
/// uncompressed inside the zlib stream that the protocol prescribes (stored blocks), so that neither the compressor nor
/// the protocol's dictionary is needed; headers that come back are not read.
/// </summary>
internal static class SpdyFrames
{
    public const int HeadBytes = 8;
    public const byte FlagFin = 1;

    public const ushort SynReply = 2;
    public const ushort RstStream = 3;
    public const ushort Ping = 6;
    public const ushort GoAway = 7;

    private const ushort SynStream = 1;

    // zlib's head with a preset dictionary, and the Adler-32 of SPDY/3's: it opens the one stream of all headers.
    private static ReadOnlySpan<byte> ZlibHead => [0x78, 0xbb, 0xe3, 0xc6, 0xa7, 0xc2];

    /// <param name="first">The connection's first frame with headers opens the zlib stream.</param>
    public static byte[] OpenStream(int id, IReadOnlyList<(string Name, string Value)> headers, bool first)
    {
        var block = new MemoryStream();
        Number(block, headers.Count);
        foreach (var (name, value) in headers)
        {
            // The protocol's names are lower case; servers refuse others.
            Text(block, name.ToLowerInvariant());
            Text(block, value);
        }

        var body = new MemoryStream();
        Number(body, id);
        Number(body, 0);
        body.Write([0, 0]);
        if (first) body.Write(ZlibHead);
        var length = (ushort)block.Length;
        Span<byte> stored = stackalloc byte[5];
        stored[0] = 0; // a stored block that is not the last
        BinaryPrimitives.WriteUInt16LittleEndian(stored[1..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(stored[3..], (ushort)~length);
        body.Write(stored);
        body.Write(block.GetBuffer(), 0, length);
        // An empty stored block flushes: without it a decoder waits for the next block before it gives this one out.
        body.Write([0, 0, 0, 0xff, 0xff]);
        return Control(SynStream, 0, body.ToArray());
    }

    public static byte[] Data(int id, ReadOnlySpan<byte> data, bool fin)
    {
        var frame = new byte[HeadBytes + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, id);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), data.Length | (fin ? FlagFin << 24 : 0));
        data.CopyTo(frame.AsSpan(HeadBytes));
        return frame;
    }

    public static byte[] Control(ushort type, byte flags, ReadOnlySpan<byte> body)
    {
        var frame = new byte[HeadBytes + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, 0x8003);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), type);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), body.Length | (flags << 24));
        body.CopyTo(frame.AsSpan(HeadBytes));
        return frame;
    }

    private static void Number(Stream stream, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Text(Stream stream, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        Number(stream, bytes.Length);
        stream.Write(bytes);
    }
}
