using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Berth.Up;

/// <summary>The address by which others reach this machine.</summary>
internal static class HostAddress
{
    /// <summary>The address with which this machine appears at another.</summary>
    /// <exception cref="SocketException">There is no way to it.</exception>
    public static IPAddress Toward(IPAddress other)
    {
        using var socket = new Socket(other.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(other, 9);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }

    /// <summary>Largest packet of the interface that has an address; Ethernet's where it cannot be told.</summary>
    public static int MtuOf(IPAddress address)
    {
        const int Ethernet = 1500;
        var properties = NetworkInterface.GetAllNetworkInterfaces().Select(i => i.GetIPProperties())
            .FirstOrDefault(p => p.UnicastAddresses.Any(a => a.Address.Equals(address)));
        return (address.AddressFamily == AddressFamily.InterNetworkV6 ? properties?.GetIPv6Properties()?.Mtu : properties?.GetIPv4Properties()?.Mtu) is > 0 and var mtu ? mtu : Ethernet;
    }

    /// <summary>Source address of the default route; without one, of the first interface that is up; loopback as a last resort.</summary>
    /// <param name="own">Ranges of pods: their bridges are no way to this machine.</param>
    public static IPAddress Primary(AddressFamily family, IReadOnlyList<IPNetwork> own) =>
        Secondary(family, own) ?? (family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);

    /// <summary>The same, but null where there is none.</summary>
    public static IPAddress? Secondary(AddressFamily family, IReadOnlyList<IPNetwork> own)
    {
        try
        {
            // Connecting a datagram socket sends nothing: it only asks the routing table. The addresses are of ranges for documentation.
            using var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse(family == AddressFamily.InterNetworkV6 ? "2001:db8::1" : "192.0.2.1"), 9);
            if (socket.LocalEndPoint is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !own.Any(n => n.Contains(address)))
                return address;
        }
        catch (SocketException)
        {
            // No default route: look at the interfaces.
        }

        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == family && !a.IsIPv6LinkLocal && !own.Any(n => n.Contains(a)));
    }
}
