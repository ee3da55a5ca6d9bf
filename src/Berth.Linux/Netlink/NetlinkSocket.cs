using System.Buffers.Binary;

namespace Berth.Linux.Netlink;

/// <summary>
/// A netlink socket, of the network namespace of the thread that opens it and for good: usable from any thread afterwards. One request at a
/// time; not thread-safe.
/// </summary>
internal sealed class NetlinkSocket : IDisposable
{
    public const int HeaderBytes = 16;

    private const ushort Error = 2;
    private const ushort Done = 3;

    // A dump comes in parts; the kernel makes none longer.
    private const int AnswerBytesMax = 65536;

    private readonly int _socket;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(AnswerBytesMax);
    private uint _sequence;

    private NetlinkSocket(int socket) => _socket = socket;

    /// <summary>Takes one message of an answer, its header included.</summary>
    public delegate void Reader(ReadOnlySpan<byte> message);

    /// <param name="protocol">NETLINK_*.</param>
    /// <exception cref="LinuxException">No such sockets here.</exception>
    public static NetlinkSocket Open(int protocol)
    {
        var socket = Libc.Socket(Libc.AfNetlink, Libc.SockRawCloexec, protocol);
        return socket < 0 ? throw LinuxException.Last("open a netlink socket") : new NetlinkSocket(socket);
    }

    /// <summary>Sends a request, which must ask for an acknowledgement or a dump, and reads its answers until the kernel says that there are no more.</summary>
    /// <exception cref="LinuxException">It is refused.</exception>
    public void Ask(NetlinkMessage message, Reader read)
    {
        Send(message.Finish(++_sequence));
        while (true)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(0, Receive(_buffer));
            while (rest.Length >= HeaderBytes)
            {
                var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest);
                if (length < HeaderBytes || length > rest.Length)
                    throw new IOException("the kernel's netlink answer is cut off");
                var one = rest[..length];
                rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
                switch (BinaryPrimitives.ReadUInt16LittleEndian(one[4..]))
                {
                    case Error when BinaryPrimitives.ReadInt32LittleEndian(one[HeaderBytes..]) is not 0 and var error:
                        throw new LinuxException("netlink request", -error);
                    case Error or Done:
                        return;
                    default:
                        read(one);
                        break;
                }
            }
        }
    }

    public void Dispose() => _ = Libc.Close(_socket);

    private unsafe void Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
        {
            if (Libc.Send(_socket, data, (nuint)bytes.Length, 0) != bytes.Length)
                throw LinuxException.Last("send to netlink");
        }
    }

    private unsafe int Receive(Span<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            var length = (int)Libc.Receive(_socket, data, (nuint)buffer.Length, 0);
            return length < 0 ? throw LinuxException.Last("receive from netlink") : length;
        }
    }
}
