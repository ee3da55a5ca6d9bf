using Berth.Linux.Netlink;
using Berth.Network.PodNetwork;

namespace Berth.Network.Tests.PodNetwork;

public sealed class PacketSizeTests
{
    private const uint Veth = 524280;

    private static readonly NetworkLink s_bridge = new() { Index = 3, Name = "berth0", Kind = "bridge", TsoMax = Veth };

    [Fact]
    public void Choose_NodeWithoutAnotherDevice_IsTheLargest() =>
        Assert.Equal(196608u, PacketSize.Choose([Loopback, s_bridge, Pod(20)], s_bridge));

    [Theory]
    [InlineData(262144, 196608)]
    [InlineData(131072, 131072)]
    [InlineData(65536, 65536)]
    [InlineData(16384, 65536)]
    public void Choose_CardThatTakesSoMuch_IsNoLarger(uint card, uint expected) =>
        Assert.Equal(expected, PacketSize.Choose([Loopback, s_bridge, Pod(20), Card(2, card)], s_bridge));

    [Fact]
    public void Choose_SeveralCards_GoesByTheLeastOfThoseThatAreUp()
    {
        Assert.Equal(131072u, PacketSize.Choose([s_bridge, Card(2, Veth), Card(4, 131072)], s_bridge));
        Assert.Equal(196608u, PacketSize.Choose([s_bridge, Card(2, Veth), Card(4, 65536) with { Flags = 0 }], s_bridge));
    }

    [Theory]
    [InlineData("vxlan")]
    [InlineData("wireguard")]
    [InlineData("tun")]
    [InlineData("a kind of next year")]
    public void Choose_NodeWithATunnel_ChangesNothingWhateverTheTunnelSays(string kind) =>
        Assert.Equal(65536u, PacketSize.Choose([s_bridge, Card(2, Veth), new() { Index = 9, Kind = kind, TsoMax = Veth }], s_bridge));

    [Fact]
    public void Choose_BridgeOrOnePortThatTakesLess_GoesByTheBridge() =>
        Assert.Equal(70000u, PacketSize.Choose([s_bridge with { TsoMax = 70000 }, Card(2, Veth)], s_bridge with { TsoMax = 70000 }));

    [Fact]
    public void LeadsOutside_CardsAndWhatIsBuiltOnThem_ButNoLinksOfOthersContainers()
    {
        NetworkLink card = Card(2, Veth) with { Master = 5 }, carrier = new() { Index = 5, Kind = "bridge" }, docker = new() { Index = 6, Kind = "bridge" };
        NetworkLink container = new() { Index = 7, Kind = "veth", Master = 6, PeerNamespace = 1 }, uplink = new() { Index = 8, Kind = "veth", PeerNamespace = 1 };
        Assert.Equal([2, 5, 10], Outside(card, carrier, docker, container, uplink, new() { Index = 9, Kind = "dummy" }, new() { Index = 10, Kind = "vlan" }));
        Assert.Equal([8], Outside(Loopback, docker, container, uplink));

        static IEnumerable<int> Outside(params NetworkLink[] links) => links.Where(l => PacketSize.LeadsOutside(l, links)).Select(l => l.Index);
    }

    // A loopback's own limit is as a card's: it must be left out by its flag.
    private static NetworkLink Loopback => new() { Index = 1, Name = "lo", Flags = 9, TsoMax = 65536 };

    private static NetworkLink Card(int index, uint tsoMax) => new() { Index = index, TsoMax = tsoMax };

    private static NetworkLink Pod(int index) => new() { Index = index, Kind = "veth", Master = 3, TsoMax = 65536, PeerNamespace = 1 };
}
