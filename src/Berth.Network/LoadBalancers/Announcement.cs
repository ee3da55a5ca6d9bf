using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Berth.Network.LoadBalancers;

/// <summary>
/// Tells an Ethernet network where an address is now: a gratuitous ARP request, or an unsolicited neighbour advertisement in IPv6, on which
/// neighbours that know the address correct their tables. Without it they would send to the old place until their entry ages, minutes later.
/// </summary>
internal static class Announcement
{
    private const ushort EtherTypeArp = 0x0806;
    private const ushort EtherTypeV6 = 0x86dd;
    private const int FrameBytes = 42;

    // Ethernet, IPv6, the advertisement with its target, and the option that names the hardware address.
    private const int FrameBytesV6 = 14 + 40 + 24 + 8;

    public static byte[] Frame(IPAddress address, PhysicalAddress hardware) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? NeighbourAdvertisement(address, hardware) : Arp(address, hardware);

    private static byte[] Arp(IPAddress address, PhysicalAddress hardware)
    {
        var frame = new byte[FrameBytes];
        var mac = hardware.GetAddressBytes();
        frame.AsSpan(0, 6).Fill(0xff);
        mac.CopyTo(frame, 6);
        // Ethernet (1), IPv4 (0x0800), six and four bytes long, a request (1).
        ReadOnlySpan<byte> head = [0x08, 0x06, 0, 1, 0x08, 0x00, 6, 4, 0, 1];
        head.CopyTo(frame.AsSpan(12));
        mac.CopyTo(frame, 22);
        // Sender and target are both the address itself.
        address.TryWriteBytes(frame.AsSpan(28), out _);
        address.TryWriteBytes(frame.AsSpan(38), out _);
        return frame;
    }

    // RFC 4861, 4.4: to all nodes, with the override flag and without the solicited one.
    private static byte[] NeighbourAdvertisement(IPAddress address, PhysicalAddress hardware)
    {
        var frame = new byte[FrameBytesV6];
        var mac = hardware.GetAddressBytes();
        ReadOnlySpan<byte> allNodes = [0x33, 0x33, 0, 0, 0, 1];
        allNodes.CopyTo(frame);
        mac.CopyTo(frame, 6);
        // Version 6, 32 bytes of ICMPv6 (58); hop limit 255 says that no router forwarded it.
        ReadOnlySpan<byte> head = [0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, 58, 255];
        head.CopyTo(frame.AsSpan(12));
        address.TryWriteBytes(frame.AsSpan(22), out _);
        IPAddress.Parse("ff02::1").TryWriteBytes(frame.AsSpan(38), out _);
        frame[54] = 136;
        frame[58] = 0x20;
        address.TryWriteBytes(frame.AsSpan(62), out _);
        // Target link-layer address, one unit of eight bytes.
        frame[78] = 2;
        frame[79] = 1;
        mac.CopyTo(frame, 80);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(56), Checksum(frame));
        return frame;
    }

    // Over both addresses, length and protocol, and the message itself (RFC 8200, 8.1).
    private static ushort Checksum(byte[] frame)
    {
        uint sum = 32 + 58;
        for (var i = 22; i < frame.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(i));
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <exception cref="SocketException">No raw sockets here (CAP_NET_RAW), or the interface is gone.</exception>
    public static void Send(IHostNetwork host, string device, IPAddress address) => host.Open(() =>
    {
        var card = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(n => n.Name == device)
            ?? throw new SocketException((int)SocketError.NetworkDown, $"there is no interface {device}");
        using var socket = new Socket(AddressFamily.Packet, SocketType.Raw, ProtocolType.Unspecified);
        socket.SendTo(Frame(address, card.GetPhysicalAddress()), new LinkEndPoint(IndexOf(card, address.AddressFamily), address.AddressFamily == AddressFamily.InterNetworkV6 ? EtherTypeV6 : EtherTypeArp));
        return true;
    });

    private static int IndexOf(NetworkInterface card, AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? card.GetIPProperties().GetIPv6Properties().Index : card.GetIPProperties().GetIPv4Properties().Index;

    /// <summary>struct sockaddr_ll of an interface, to send one protocol on.</summary>
    private sealed class LinkEndPoint(int interfaceIndex, ushort etherType) : EndPoint
    {
        private const int Size = 20;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var result = new SocketAddress(AddressFamily.Packet, Size);
            result[2] = (byte)(etherType >> 8);
            result[3] = (byte)(etherType & 0xff);
            for (var i = 0; i < 4; i++)
                result[4 + i] = (byte)(interfaceIndex >> (8 * i));
            // To everybody.
            result[11] = 6;
            for (var i = 12; i < 18; i++)
                result[i] = 0xff;
            return result;
        }
    }
}
