using System.Runtime.InteropServices;

namespace Berth.Linux.Netlink;

/// <summary>
/// The kernel's links (rtnetlink) of the network namespace of the thread that opens it, usable from any thread afterwards. One request at a
/// time; not thread-safe.
/// </summary>
public sealed class RouteNetlink : IDisposable
{
    private const ushort GetLink = 18;
    private const ushort SetLink = 19;
    private const ushort GetNamespaceId = 90;
    private const ushort Plain = GenericNetlink.Request | GenericNetlink.Acknowledge;

    private const ushort ExtendedMask = 29;
    private const uint SkipStatistics = 8;

    private const ushort NamespaceIdAttribute = 1;
    private const ushort NamespaceFd = 3;

    private readonly NetlinkSocket _socket;

    private RouteNetlink(NetlinkSocket socket) => _socket = socket;

    /// <exception cref="LinuxException">No such sockets here.</exception>
    public static RouteNetlink Open() => new(NetlinkSocket.Open(Libc.NetlinkRoute));

    /// <summary>All links. The kernel takes some six microseconds for each; a link that appears meanwhile may be missing.</summary>
    /// <exception cref="LinuxException">The kernel refuses to say.</exception>
    public IReadOnlyList<NetworkLink> Links()
    {
        List<NetworkLink> links = [];
        _socket.Ask(
            new NetlinkMessage(GetLink, GenericNetlink.Request | GenericNetlink.Dump, LinkHeader(0)).Add(ExtendedMask, SkipStatistics),
            one => links.Add(NetworkLink.Read(one[NetlinkSocket.HeaderBytes..])));
        return links;
    }

    /// <summary>Sets a link's limits for IPv4; null leaves the second one as it is.</summary>
    /// <exception cref="LinuxException">The kernel refuses: no such link, or one whose device cannot do so much.</exception>
    public void SetSizes(int index, uint gsoV4, uint? groV4 = null)
    {
        var message = new NetlinkMessage(SetLink, Plain, LinkHeader(index)).Add(NetworkLink.GsoV4Attribute, gsoV4);
        if (groV4 is { } gro)
            message.Add(NetworkLink.GroV4Attribute, gro);
        _socket.Ask(message, static _ => { });
    }

    /// <summary>The number by which this namespace knows another (<see cref="NetworkLink.PeerNamespace"/>); null where it knows it by none, or the path leads to no namespace.</summary>
    /// <param name="path">A bind mount of the other namespace.</param>
    /// <exception cref="LinuxException">The kernel refuses to say.</exception>
    public int? NamespaceIdOf(string path)
    {
        var fd = Libc.Open(path, Libc.OpenReadOnlyCloexec, 0);
        if (fd < 0)
            return null;
        try
        {
            int? id = null;
            _socket.Ask(new NetlinkMessage(GetNamespaceId, Plain, [0, 0, 0, 0]).Add(NamespaceFd, (uint)fd), one =>
            {
                var found = new NetlinkAttributes(one[(NetlinkSocket.HeaderBytes + 4)..]).Find(NamespaceIdAttribute);
                id = found is { Length: >= 4 } && BitConverter.ToInt32(found) is >= 0 and var number ? number : null;
            });
            return id;
        }
        catch (LinuxException e) when (e.Errno == LinuxException.Invalid)
        {
            return null; // A file of another kind.
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    public void Dispose() => _socket.Dispose();

    // struct ifinfomsg.
    private static ReadOnlySpan<byte> LinkHeader(int index) => MemoryMarshal.AsBytes<int>(new[] { 0, index, 0, 0 });
}
