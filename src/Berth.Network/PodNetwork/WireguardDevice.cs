using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Berth.Linux;
using Berth.Linux.Netlink;
using Berth.Resources.Addresses;

namespace Berth.Network.PodNetwork;

/// <summary>A machine at the other end: its key, where it is, and the addresses that are behind it.</summary>
public sealed record WireguardPeer(string Key, IPEndPoint EndPoint, IpRanges Ranges);

/// <summary>
/// A WireGuard interface as the kernel's generic netlink family "wireguard" sets it up. Keys are in base64, as everywhere with WireGuard. The
/// public key is asked from the kernel, which makes it from the private one.
/// </summary>
internal static class WireguardDevice
{
    private const string Family = "wireguard";
    private const byte Version = 1;
    private const byte Get = 0;
    private const byte Set = 1;

    // Of the device.
    private const ushort Name = 2;
    private const ushort PrivateKey = 3;
    private const ushort PublicKey = 4;
    private const ushort ListenPort = 6;
    private const ushort Peers = 8;

    // Of a peer.
    private const ushort PeerKey = 1;
    private const ushort PeerFlags = 3;
    private const ushort PeerEndPoint = 4;
    private const ushort PeerRanges = 9;
    private const uint Remove = 1;
    private const uint ReplaceRanges = 2;

    // Of a range.
    private const ushort RangeFamily = 1;
    private const ushort RangeAddress = 2;
    private const ushort RangeLength = 3;

    // The kernel's numbers, not .NET's.
    private const ushort V4 = 2;
    private const ushort V6 = 10;

    /// <summary>A request may not be larger than a socket's buffer, of 200 kB; a peer takes some 200 bytes.</summary>
    private const int PeersPerRequest = 500;

    /// <exception cref="LinuxException">The kernel refuses.</exception>
    public static void SetKey(string device, string privateKey, int port)
    {
        using var netlink = GenericNetlink.Open();
        netlink.Ask(Request(netlink, Set).Add(Name, device).Add(PrivateKey, Convert.FromBase64String(privateKey)).Add(ListenPort, (ushort)port));
    }

    public static string KeyOf(string device)
    {
        using var netlink = GenericNetlink.Open();
        var key = Show(netlink, device).Select(a => a.Find(PublicKey)).FirstOrDefault(k => k is not null);
        return key is null ? throw new IOException($"the interface {device} has no key") : Convert.ToBase64String(key);
    }

    /// <summary>Brings the peers to what is wanted. Sessions with those that stay go on.</summary>
    public static void SetPeers(string device, IReadOnlyCollection<WireguardPeer> wanted)
    {
        using var netlink = GenericNetlink.Open();
        var keys = wanted.Select(p => p.Key).ToHashSet(StringComparer.Ordinal);
        var gone = Show(netlink, device).SelectMany(a => a.List(Peers)).Select(p => Convert.ToBase64String(p.Find(PeerKey) ?? [])).Where(k => !keys.Contains(k)).Distinct();
        foreach (var part in gone.Chunk(PeersPerRequest))
            SetPeers(netlink, device, part, (message, key) => message.Add(PeerKey, Convert.FromBase64String(key)).Add(PeerFlags, Remove));
        foreach (var part in wanted.Chunk(PeersPerRequest))
        {
            SetPeers(netlink, device, part, (message, peer) => message
                .Add(PeerKey, Convert.FromBase64String(peer.Key)).Add(PeerFlags, ReplaceRanges).Add(PeerEndPoint, SocketAddress(peer.EndPoint))
                .Nest(PeerRanges, () => AddRanges(message, peer.Ranges)));
        }
    }

    private static void SetPeers<T>(GenericNetlink netlink, string device, IEnumerable<T> peers, Action<NetlinkMessage, T> add)
    {
        var message = Request(netlink, Set).Add(Name, device);
        message.Nest(Peers, () =>
        {
            ushort number = 0;
            foreach (var peer in peers)
                message.Nest(number++, () => add(message, peer));
        });
        netlink.Ask(message);
    }

    private static void AddRanges(NetlinkMessage message, IpRanges ranges)
    {
        ushort number = 0;
        foreach (var range in ranges.All)
        {
            message.Nest(number++, () => message
                .Add(RangeFamily, range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 ? V6 : V4)
                .Add(RangeAddress, range.BaseAddress.GetAddressBytes())
                .Add(RangeLength, (byte)range.PrefixLength));
        }
    }

    private static IReadOnlyList<NetlinkAttributes> Show(GenericNetlink netlink, string device) =>
        netlink.Ask(Request(netlink, Get, GenericNetlink.Dump).Add(Name, device));

    private static NetlinkMessage Request(GenericNetlink netlink, byte command, ushort flags = 0) => new(
        netlink.Family(Family) ?? throw new WireguardMissingException(), (ushort)(GenericNetlink.Request | GenericNetlink.Acknowledge | flags), command, Version);

    // struct sockaddr_in, sockaddr_in6.
    private static byte[] SocketAddress(IPEndPoint endPoint)
    {
        var v6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        var bytes = new byte[v6 ? 28 : 16];
        BitConverter.TryWriteBytes(bytes, v6 ? V6 : V4);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(bytes.AsSpan(v6 ? 8 : 4), out _);
        return bytes;
    }
}

/// <summary>This kernel cannot do what <c>--pod-network wireguard</c> asks for.</summary>
public sealed class WireguardMissingException()
    : IOException("this kernel has no WireGuard: neither built in nor as the module \"wireguard\"");
