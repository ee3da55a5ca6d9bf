using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Berth.Up;

/// <summary>The address by which others reach this machine.</summary>
internal static class HostAddress
{
    /// <summary>Source address of the default route; without one, of the first interface that is up; loopback as a last resort.</summary>
    /// <param name="own">Ranges of pods: their bridges are no way to this machine.</param>
    public static IPAddress Primary(params IReadOnlyList<IPNetwork> own)
    {
        try
        {
            // Connecting a datagram socket sends nothing: it only asks the routing table. The address is of a range for documentation.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse("192.0.2.1"), 9);
            if (socket.LocalEndPoint is IPEndPoint { Address: var address } && !IPAddress.IsLoopback(address) && !own.Any(n => n.Contains(address)))
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
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !own.Any(n => n.Contains(a)), IPAddress.Loopback);
    }
}
