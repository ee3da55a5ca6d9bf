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

    private const int HeaderBytes = NetlinkSocket.HeaderBytes + 4;

    // The controller, which knows the other families.
    private const ushort Controller = 0x10;
    private const byte GetFamily = 3;
    private const ushort FamilyId = 1;
    private const ushort FamilyName = 2;

    private readonly NetlinkSocket _socket;

    private GenericNetlink(NetlinkSocket socket) => _socket = socket;

    /// <exception cref="LinuxException">No such sockets here.</exception>
    public static GenericNetlink Open() => new(NetlinkSocket.Open(Libc.NetlinkGeneric));

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
        List<NetlinkAttributes> answers = [];
        _socket.Ask(message, one => answers.Add(new NetlinkAttributes(one[HeaderBytes..])));
        return answers;
    }

    public void Dispose() => _socket.Dispose();
}
