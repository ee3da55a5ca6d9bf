using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Berth.Network.LoadBalancers;

/// <summary>
/// Tells an Ethernet network where an IPv4 address is now: a gratuitous ARP request, on which neighbours that know the address correct
/// their tables. Without it they would send to the old place until their entry ages, minutes later.
/// </summary>
internal static class Announcement
{
    private const ushort EtherTypeArp = 0x0806;
    private const int FrameBytes = 42;

    public static byte[] Frame(IPAddress address, PhysicalAddress hardware)
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

    /// <exception cref="SocketException">No raw sockets here (CAP_NET_RAW), or the interface is gone.</exception>
    public static void Send(IHostNetwork host, string device, IPAddress address) => host.Open(() =>
    {
        var card = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(n => n.Name == device)
            ?? throw new SocketException((int)SocketError.NetworkDown, $"there is no interface {device}");
        using var socket = new Socket(AddressFamily.Packet, SocketType.Raw, ProtocolType.Unspecified);
        socket.SendTo(Frame(address, card.GetPhysicalAddress()), new LinkEndPoint(card.GetIPProperties().GetIPv4Properties().Index));
        return true;
    });

    /// <summary>struct sockaddr_ll of an interface, to send ARP on.</summary>
    private sealed class LinkEndPoint(int interfaceIndex) : EndPoint
    {
        private const int Size = 20;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var result = new SocketAddress(AddressFamily.Packet, Size);
            result[2] = EtherTypeArp >> 8;
            result[3] = EtherTypeArp & 0xff;
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
