using System.Buffers.Binary;

namespace Berth.Network.Dns;

/// <summary>Messages over TCP: each has its length before it in two bytes (RFC 1035 section 4.2.2).</summary>
internal static class DnsStream
{
    /// <summary>The next message; null at the end of the stream.</summary>
    /// <exception cref="EndOfStreamException">The stream ends inside a message.</exception>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        var prefix = new byte[2];
        var read = await stream.ReadAtLeastAsync(prefix, 2, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read == 0)
            return null;
        if (read == 1)
            throw new EndOfStreamException("the stream ends inside a message's length");
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await stream.ReadExactlyAsync(message, cancellation).ConfigureAwait(false);
        return message;
    }

    public static ValueTask WriteAsync(Stream stream, ReadOnlySpan<byte> message, CancellationToken cancellation)
    {
        // One write, so that length and message travel in one segment.
        var framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed.AsSpan(2));
        return stream.WriteAsync(framed, cancellation);
    }
}
