using System.Buffers.Binary;
using Google.Protobuf;

namespace Berth.Node.Cri;

/// <summary>
/// gRPC's length-prefixed messages: a compression byte (always 0 here: we announce no encoding), a big-endian length, the message.
/// </summary>
internal static class GrpcFraming
{
    private const int PrefixBytes = 5;

    /// <summary>The limit that Kubernetes' node agent gives to its runtime: a list of some ten thousand containers.</summary>
    public const int MessageBytesMax = 16 * 1024 * 1024;

    public static byte[] Frame(IMessage message)
    {
        var size = message.CalculateSize();
        var frame = new byte[PrefixBytes + size];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), size);
        message.WriteTo(frame.AsSpan(PrefixBytes));
        return frame;
    }

    /// <summary>The next message, or null at the end of the stream.</summary>
    public static async ValueTask<T?> ReadAsync<T>(Stream stream, MessageParser<T> parser, CancellationToken cancellation)
        where T : class, IMessage<T>
    {
        var prefix = new byte[PrefixBytes];
        var read = await stream.ReadAtLeastAsync(prefix, PrefixBytes, throwOnEndOfStream: false, cancellation);
        if (read == 0) return null;
        if (read < PrefixBytes) throw new GrpcException(GrpcStatusCode.Internal, "the stream ended within a message's prefix");
        if (prefix[0] != 0) throw new GrpcException(GrpcStatusCode.Internal, "the peer sent a compressed message that nobody asked for");
        var size = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (size > MessageBytesMax)
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"received message larger than max ({size} vs. {MessageBytesMax})");
        var body = new byte[size];
        if (await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellation) < body.Length)
            throw new GrpcException(GrpcStatusCode.Internal, "the stream ended within a message");
        return parser.ParseFrom(body);
    }
}
