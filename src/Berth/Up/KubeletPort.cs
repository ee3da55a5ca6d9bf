using System.Net;
using System.Net.Sockets;

namespace Berth.Up;

/// <summary>The port of the node agent's endpoint: Kubernetes' own where it is free, another where a second Berth or a kubelet has it.</summary>
internal static class KubeletPort
{
    private const int Usual = 10250;

    public static int Choose(IPAddress address)
    {
        for (var port = Usual; port < Usual + 100; port++)
        {

            using var probe = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            probe.ExclusiveAddressUse = false;
            try
            {
                probe.Bind(new IPEndPoint(address, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Next.
            }
        }

        throw new Instance.UserErrorException($"no port from {Usual} to {Usual + 99} is free on {address} for the node agent", "see what listens there: ss -ltnp");
    }
}
