using Berth.Linux.Netlink;

namespace Berth.Network.PodNetwork;

/// <summary>
/// How large the packets may be that the kernel carries whole between pods of a node (BIG TCP). A packet that leaves the node is cut by the
/// card; one that is larger than the card takes is cut by the kernel first, which costs more than the size gains. So pods' packets are as
/// large as the least capable device takes by which they may leave. IPv4 alone: a large packet of IPv6 has a header more, with which its
/// segments are too long for the way on, and a router drops it.
/// </summary>
internal static class PacketSize
{
    public const uint Plain = PodLinksOptions.SizeMin;

    /// <summary>Bytes between two pods, of those through a bare veth pair: 85 % with <see cref="Plain"/>, 100 % with 131072, 128 % with this.</summary>
    public const uint Max = 196608;

    /// <summary>
    /// Kinds that hand packets on as they are, so that what they say they take holds. All others (tunnels above all, whose outer header has
    /// a length of 16 bits) take no more than <see cref="Plain"/>, whatever they say: VXLAN repeats what the card under it takes.
    /// </summary>
    private static readonly HashSet<string> s_transparent = new(StringComparer.Ordinal)
    {
        "", "veth", "netkit", "bridge", "bond", "team", "vlan", "macvlan", "ipvlan", "vrf", "dummy", "ifb",
    };

    /// <summary>Between <see cref="Plain"/> and <see cref="Max"/>.</summary>
    public static uint Choose(IReadOnlyCollection<NetworkLink> links, NetworkLink bridge)
    {
        var size = Math.Min(Max, bridge.TsoMax);
        foreach (var link in links)
        {
            if (IsWayOut(link, bridge))
                size = Math.Min(size, LimitOf(link));
        }

        return Math.Max(size, Plain);
    }

    /// <summary>True for a device by which packets of pods may leave the node.</summary>
    public static bool IsWayOut(NetworkLink link, NetworkLink bridge) =>
        link.IsUp && !link.IsLoopback && link.Index != bridge.Index && link.Master != bridge.Index;

    /// <summary>The largest packet that a way out takes.</summary>
    public static uint LimitOf(NetworkLink link) => s_transparent.Contains(link.Kind) ? link.TsoMax : Math.Min(link.TsoMax, Plain);

    /// <summary>
    /// True for a way out that leads to the network itself: a card, what is built on cards, or, where there is no card, the links of a node
    /// that is a container. Not those to others' containers and machines.
    /// </summary>
    public static bool LeadsOutside(NetworkLink link, IReadOnlyCollection<NetworkLink> links) => link.Kind switch
    {
        "" or "bond" or "team" or "vlan" => !link.IsLoopback,
        "bridge" => links.Any(l => l.Master == link.Index && l.Kind is "" or "bond" or "team" or "vlan"),
        "veth" or "macvlan" or "ipvlan" => link is { Master: 0, PeerNamespace: not null } && links.All(l => l.Kind.Length > 0 || l.IsLoopback),
        _ => false,
    };
}
