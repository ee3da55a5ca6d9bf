using System.Globalization;
using System.Net;
using Berth.Resources.Addresses;

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

    /// <param name="uplinks">One for each family that this machine has an address of, the primary first: tunnels begin there.</param>
    public static RoutePlan Of(PodNetworkMode mode, IReadOnlyList<Uplink> uplinks, string tunnel, IEnumerable<PodPeer> peers)
    {
        List<string> routes = [], neighbours = [], forwarding = [];
        foreach (var peer in peers.OrderBy(p => p.Range.ToString(), StringComparer.Ordinal))
        {
            var end = HardwareAddress(peer.Range);
            if (mode == PodNetworkMode.Wireguard)
            {
                // The interface knows by the ranges whom each packet is for. Who has told no key cannot be reached yet.
                if (peer.Key is not null)
                    routes.AddRange(peer.Range.All.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r} dev {tunnel} proto {Protocol}")));
                continue;
            }

            var tunnelled = false;
            foreach (var range in peer.Range.All)
            {
                var family = range.BaseAddress.AddressFamily;
                var uplink = uplinks.FirstOrDefault(u => u.Address.AddressFamily == family);
                if (uplink is not null && peer.AddressOf(family) is { } address && (mode == PodNetworkMode.Routes || (mode == PodNetworkMode.Auto && uplink.Network.Contains(address))))
                {
                    routes.Add(string.Create(CultureInfo.InvariantCulture, $"{range} via {address} dev {uplink.Interface} proto {Protocol}"));
                    continue;
                }

                // A machine without an address of the family: with routes alone there is no way.
                if (mode == PodNetworkMode.Routes)
                    continue;
                tunnelled = true;
                routes.Add(string.Create(CultureInfo.InvariantCulture, $"{range} via {range.BaseAddress} dev {tunnel} proto {Protocol} onlink"));
                neighbours.Add($"{range.BaseAddress} lladdr {end} dev {tunnel} nud permanent");
            }

            if (tunnelled)
                forwarding.Add($"{end} dev {tunnel} dst {peer.Address} self permanent");
        }

        return new(routes, neighbours, forwarding);
    }

    /// <summary>
    /// Of the end of the tunnel on the machine with a range: locally administered, then what tells the range apart from others of its cluster:
    /// its first address in IPv4, in IPv6 the four bytes at the end of its prefix.
    /// </summary>
    public static string HardwareAddress(IpRanges ranges)
    {
        var b = ranges.Primary.BaseAddress.GetAddressBytes();
        var end = b.Length == 4 ? 4 : Math.Max(4, (ranges.Primary.PrefixLength + 7) / 8);
        return string.Create(CultureInfo.InvariantCulture, $"0a:be:{b[end - 4]:x2}:{b[end - 3]:x2}:{b[end - 2]:x2}:{b[end - 1]:x2}");
    }

    public bool Equals(RoutePlan? other) =>
        other is not null && Routes.SequenceEqual(other.Routes) && Neighbours.SequenceEqual(other.Neighbours) && Forwarding.SequenceEqual(other.Forwarding);

    public override int GetHashCode() => HashCode.Combine(Routes.Count, Neighbours.Count, Forwarding.Count);
}
