using System.Buffers.Binary;
using System.Text;

namespace Berth.Linux.Netlink;

/// <summary>A network interface as the kernel describes it. What an older kernel does not say is 0.</summary>
public sealed record NetworkLink
{
    internal const ushort GsoV4Attribute = 63;
    internal const ushort GroV4Attribute = 64;

    // struct ifinfomsg.
    private const int HeaderBytes = 16;
    private const ushort TypeMask = 0x3fff;

    private const ushort NameAttribute = 3;
    private const ushort LinkAttribute = 5;
    private const ushort MasterAttribute = 10;
    private const ushort InfoAttribute = 18;
    private const ushort InfoKind = 1;
    private const ushort NamespaceAttribute = 37;
    private const ushort GsoAttribute = 41;
    private const ushort TsoAttribute = 59;

    private const uint FlagUp = 1;
    private const uint FlagLoopback = 8;

    public required int Index { get; init; }

    public string Name { get; init; } = "";

    public uint Flags { get; init; } = FlagUp;

    public bool IsUp => (Flags & FlagUp) != 0;

    public bool IsLoopback => (Flags & FlagLoopback) != 0;

    /// <summary>Such as bridge, veth or vxlan; empty for a device's own interface.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Index of what it is a port of; 0 for none.</summary>
    public int Master { get; init; }

    /// <summary>Index of the other end, or of what it is built on; in <see cref="PeerNamespace"/> where that is not null.</summary>
    public int Peer { get; init; }

    /// <summary>Number of the namespace of <see cref="Peer"/>, as the link's own namespace counts; null where it is the same one.</summary>
    public int? PeerNamespace { get; init; }

    /// <summary>The largest packet, in bytes, that the device or its driver takes and cuts into segments. Not to be changed.</summary>
    public uint TsoMax { get; init; }

    /// <summary>The largest packet that the kernel hands to it, in bytes; of IPv6, and of IPv4 where the kernel keeps no limit apart.</summary>
    public uint Gso { get; init; }

    /// <summary>Of IPv4; since Linux 6.3.</summary>
    public uint GsoV4 { get; init; }

    /// <summary>The largest packet of IPv4, in bytes, that the kernel puts together from what it receives; since Linux 6.3.</summary>
    public uint GroV4 { get; init; }

    /// <param name="message">Without the header that all netlink messages have.</param>
    internal static NetworkLink Read(ReadOnlySpan<byte> message)
    {
        string name = "", kind = "";
        int? peerNamespace = null;
        uint master = 0, peer = 0, tsoMax = 0, gso = 0, gsoV4 = 0, groV4 = 0;
        // Not by NetlinkAttributes: a link has some sixty, of which few are wanted, and a node has hundreds of links.
        for (var rest = message[HeaderBytes..]; Next(ref rest, out var type, out var value);)
        {
            switch (type)
            {
                case NameAttribute: name = Text(value); break;
                case InfoAttribute: kind = KindOf(value); break;
                case LinkAttribute: peer = Number(value); break;
                case MasterAttribute: master = Number(value); break;
                case NamespaceAttribute: peerNamespace = (int)Number(value); break;
                case TsoAttribute: tsoMax = Number(value); break;
                case GsoAttribute: gso = Number(value); break;
                case GsoV4Attribute: gsoV4 = Number(value); break;
                case GroV4Attribute: groV4 = Number(value); break;
            }
        }

        return new NetworkLink
        {
            Index = BinaryPrimitives.ReadInt32LittleEndian(message[4..]),
            Flags = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]),
            Name = name,
            Kind = kind,
            Master = (int)master,
            Peer = (int)peer,
            PeerNamespace = peerNamespace,
            TsoMax = tsoMax,
            Gso = gso,
            GsoV4 = gsoV4,
            GroV4 = groV4,
        };
    }

    private static bool Next(ref ReadOnlySpan<byte> rest, out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.Length < 4)
            return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (length < 4 || length > rest.Length)
            return false;
        type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & TypeMask;
        value = rest[4..length];
        rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        return true;
    }

    private static string KindOf(ReadOnlySpan<byte> info)
    {
        while (Next(ref info, out var type, out var value))
        {
            if (type == InfoKind)
                return Text(value);
        }

        return "";
    }

    private static uint Number(ReadOnlySpan<byte> value) => value.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(value) : 0;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));
}
