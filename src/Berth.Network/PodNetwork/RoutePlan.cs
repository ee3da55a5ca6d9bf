using System.Globalization;
using System.Net;

namespace Berth.Network.PodNetwork;

/// <summary>The interface that carries the machine's own address.</summary>
public sealed record Uplink(string Interface, IPAddress Address, IPNetwork Network);

/// <summary>
/// What must stand in the kernel so that the pods of other machines are reached, as lines of <c>ip route</c>, <c>ip neigh</c>
/// and <c>bridge fdb</c> without their verb. Pure.
/// </summary>
/// <remarks>
/// A tunnel needs no announcements: the address and hardware address of each machine's end follow from its range, which is
/// known from its Node.
/// </remarks>
public sealed record RoutePlan(IReadOnlyList<string> Routes, IReadOnlyList<string> Neighbours, IReadOnlyList<string> Forwarding)
{
    /// <summary>Marks our routes among others. Free in /etc/iproute2/rt_protos.</summary>
    public const int Protocol = 88;

    public bool NeedsTunnel => Forwarding.Count > 0;

    public static RoutePlan Of(PodNetworkMode mode, Uplink uplink, string tunnel, IEnumerable<PodPeer> peers)
    {
        List<string> routes = [], neighbours = [], forwarding = [];
        foreach (var peer in peers.OrderBy(p => p.Range.ToString(), StringComparer.Ordinal))
        {
            var direct = mode == PodNetworkMode.Routes || (mode == PodNetworkMode.Auto && uplink.Network.Contains(peer.Address));
            if (direct)
            {
                routes.Add(string.Create(CultureInfo.InvariantCulture, $"{peer.Range} via {peer.Address} dev {uplink.Interface} proto {Protocol}"));
                continue;
            }

            var end = peer.Range.BaseAddress;
            routes.Add(string.Create(CultureInfo.InvariantCulture, $"{peer.Range} via {end} dev {tunnel} proto {Protocol} onlink"));
            neighbours.Add($"{end} lladdr {HardwareAddress(peer.Range)} dev {tunnel} nud permanent");
            forwarding.Add($"{HardwareAddress(peer.Range)} dev {tunnel} dst {peer.Address} self permanent");
        }

        return new(routes, neighbours, forwarding);
    }

    /// <summary>Of the end of the tunnel on the machine with a range: locally administered, then the range's first address.</summary>
    public static string HardwareAddress(IPNetwork range)
    {
        var b = range.BaseAddress.GetAddressBytes();
        return string.Create(CultureInfo.InvariantCulture, $"0a:be:{b[0]:x2}:{b[1]:x2}:{b[2]:x2}:{b[3]:x2}");
    }

    public bool Equals(RoutePlan? other) =>
        other is not null && Routes.SequenceEqual(other.Routes) && Neighbours.SequenceEqual(other.Neighbours) && Forwarding.SequenceEqual(other.Forwarding);

    public override int GetHashCode() => HashCode.Combine(Routes.Count, Neighbours.Count, Forwarding.Count);
}
