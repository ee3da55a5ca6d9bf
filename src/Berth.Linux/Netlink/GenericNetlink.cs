using System.Buffers.Binary;

namespace Berth.Linux.Netlink;

/// <summary>
/// A connection to the kernel's generic netlink, of the network namespace of the thread that opens it. One request at a time; not
/// thread-safe.
/// </summary>
public sealed class GenericNetlink : IDisposable
{
    public const ushort Request = 1;
    public const ushort Acknowledge = 4;
    public const ushort Dump = 0x300;

    private const int HeaderBytes = 20;
    private const ushort Error = 2;
    private const ushort Done = 3;

    // The controller, which knows the other families.
    private const ushort Controller = 0x10;
    private const byte GetFamily = 3;
    private const ushort FamilyId = 1;
    private const ushort FamilyName = 2;

    // A dump comes in parts; the kernel makes none longer.
    private const int AnswerBytesMax = 65536;

    private readonly int _socket;
    private uint _sequence;

    private GenericNetlink(int socket) => _socket = socket;

    /// <exception cref="LinuxException">No such sockets here.</exception>
    public static GenericNetlink Open()
    {
        var socket = Libc.Socket(Libc.AfNetlink, Libc.SockRawCloexec, Libc.NetlinkGeneric);
        return socket < 0 ? throw LinuxException.Last("open a netlink socket") : new GenericNetlink(socket);
    }

    /// <summary>Number of a family; null where the kernel has none of that name.</summary>
    /// <exception cref="LinuxException">The kernel refuses to say.</exception>
    public ushort? Family(string name)
    {
        try
        {
            return Ask(new NetlinkMessage(Controller, Request | Acknowledge, GetFamily, 1).Add(FamilyName, name)).Select(a => a.UInt16(FamilyId)).FirstOrDefault();
        }
        catch (LinuxException e) when (e.Errno == LinuxException.NoEntry)
        {
            return null;
        }
    }

    /// <summary>Sends a request and returns its answers, until the kernel says that there are no more.</summary>
    /// <exception cref="LinuxException">It is refused.</exception>
    public IReadOnlyList<NetlinkAttributes> Ask(NetlinkMessage message)
    {
        Send(message.Finish(++_sequence));
        List<NetlinkAttributes> answers = [];
        var buffer = new byte[AnswerBytesMax];
        while (true)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, Receive(buffer));
            while (rest.Length >= 16)
            {
                var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(rest);
                if (length < 16 || length > rest.Length)
                    throw new IOException("the kernel's netlink answer is cut off");
                var one = rest[..length];
                rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
                switch (BinaryPrimitives.ReadUInt16LittleEndian(one[4..]))
                {
                    case Error when BinaryPrimitives.ReadInt32LittleEndian(one[16..]) is not 0 and var error:
                        throw new LinuxException("netlink request", -error);
                    case Error or Done:
                        return answers;
                    default:
                        answers.Add(new NetlinkAttributes(one[HeaderBytes..]));
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
