using System.Net;
using Berth.Api.Core.V1;
using Berth.Client.Informers;
using Berth.Network.PodNetwork;
using Berth.Network.Tests.Lab;
using Berth.Resources.Addresses;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.PodNetwork;

/// <summary>
/// The ways between the pods of three machines, in namespaces: a and b on one network, c behind a router that knows nothing of
/// pods. A machine's pods are the second address of its range, on its loopback interface.
/// <code>
/// a 192.0.2.1   ┐
/// b 192.0.2.2   ┼ switch ─ router ─ c 198.51.100.1
/// </code>
/// </summary>
public sealed class NodeRoutesTests
{
    private static readonly IPNetwork Cluster = IPNetwork.Parse("10.42.0.0/16");

    [Theory]
    [InlineData(PodNetworkMode.Auto, "eth0", "berth-tun")]
    [InlineData(PodNetworkMode.Vxlan, "berth-tun", "berth-tun")]
    public async Task Pods_OfAllMachines_AreReachedByTheirOwnAddresses(PodNetworkMode mode, string near, string far)
    {
        await using var lab = await RouteLab.CreateAsync(mode);
        await lab.UntilReachedAsync();
        Assert.Contains($"dev {near}", await lab.Machines[0].ShowAsync("ip", "route", "get", "10.42.1.2"), StringComparison.Ordinal);
        Assert.Contains($"dev {far}", await lab.Machines[0].ShowAsync("ip", "route", "get", "10.42.2.2"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_ThatGoes_TakesItsWaysWithIt()
    {
        await using var lab = await RouteLab.CreateAsync(PodNetworkMode.Auto);
        await lab.UntilReachedAsync();
        await lab.Cluster.DeleteAsync<Node>(null, "c");
        await Eventually.Become(() => lab.Machines[0].ShowAsync("ip", "route", "show"), t => !t.Contains("10.42.2.0/24", StringComparison.Ordinal) && t.Contains("10.42.1.0/24", StringComparison.Ordinal));
        // Nobody is behind the tunnel any more.
        await Eventually.Become(() => lab.Machines[0].ShowAsync("ip", "-br", "link"), t => !t.Contains("berth-tun", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_ThatMoves_IsFoundAtItsNewAddress()
    {
        await using var lab = await RouteLab.CreateAsync(PodNetworkMode.Vxlan);
        await lab.UntilReachedAsync();
        await lab.Machines[1].IpAsync("address add 192.0.2.22/24 dev eth0");
        lab.Cluster.Put(RouteLab.NodeOf("b", "192.0.2.22", 1));
        await Eventually.Become(() => lab.Machines[0].ShowAsync("bridge", "fdb", "show", "dev", "berth-tun"), t => t.Contains("dst 192.0.2.22", StringComparison.Ordinal) && !t.Contains("dst 192.0.2.2 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Purge_OfAMachine_LeavesNothing()
    {
        await using var lab = await RouteLab.CreateAsync(PodNetworkMode.Auto);
        await lab.UntilReachedAsync();
        await lab.StopAsync();
        await NodeRoutes.PurgeAsync(RouteLab.Network(0), lab.Machines[0], TestContext.Current.CancellationToken);
        Assert.DoesNotContain("proto 88", await lab.Machines[0].ShowAsync("ip", "route", "show"), StringComparison.Ordinal);
        Assert.DoesNotContain("berth-tun", await lab.Machines[0].ShowAsync("ip", "-br", "link"), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OfSameInput_IsEqual()
    {
        PodPeer[] peers = [new("b", IPAddress.Parse("192.0.2.2"), IPNetwork.Parse("10.42.1.0/24")), new("c", IPAddress.Parse("198.51.100.1"), IPNetwork.Parse("10.42.2.0/24"))];
        var uplink = new Uplink("eth0", IPAddress.Parse("192.0.2.1"), IPNetwork.Parse("192.0.2.0/24"));
        var plan = RoutePlan.Of(PodNetworkMode.Auto, [uplink], "berth-tun", peers);
        Assert.Equal(plan, RoutePlan.Of(PodNetworkMode.Auto, [uplink], "berth-tun", peers.Reverse()));
        Assert.Equal(["10.42.1.0/24 via 192.0.2.2 dev eth0 proto 88", "10.42.2.0/24 via 10.42.2.0 dev berth-tun proto 88 onlink"], plan.Routes);
        Assert.Equal(["0a:be:0a:2a:02:00 dev berth-tun dst 198.51.100.1 self permanent"], plan.Forwarding);
    }

    [Fact]
    public void Plan_OfTwoFamilies_TakesTunnelsWhereThereIsNoAddressOfTheFamily()
    {
        PodPeer[] peers =
        [
            new("b", IPAddress.Parse("192.0.2.2"), IpRanges.Parse("10.42.1.0/24,fd42:0:0:1::/64")) { OtherAddress = IPAddress.Parse("2001:db8::2") },
            new("c", IPAddress.Parse("192.0.2.3"), IpRanges.Parse("10.42.2.0/24,fd42:0:0:2::/64")),
        ];
        Uplink[] uplinks = [new("eth0", IPAddress.Parse("192.0.2.1"), IPNetwork.Parse("192.0.2.0/24")), new("eth0", IPAddress.Parse("2001:db8::1"), IPNetwork.Parse("2001:db8::/64"))];
        var plan = RoutePlan.Of(PodNetworkMode.Auto, uplinks, "berth-tun", peers);
        Assert.Equal(
            [
                "10.42.1.0/24 via 192.0.2.2 dev eth0 proto 88", "fd42:0:0:1::/64 via 2001:db8::2 dev eth0 proto 88",
                "10.42.2.0/24 via 192.0.2.3 dev eth0 proto 88", "fd42:0:0:2::/64 via fd42:0:0:2:: dev berth-tun proto 88 onlink",
            ],
            plan.Routes);
        Assert.Equal(["fd42:0:0:2:: lladdr 0a:be:0a:2a:02:00 dev berth-tun nud permanent"], plan.Neighbours);
        Assert.Equal(["0a:be:0a:2a:02:00 dev berth-tun dst 192.0.2.3 self permanent"], plan.Forwarding);
    }

    [Fact]
    public void HardwareAddress_OfIpv6Alone_TellsRangesApart() => Assert.Equal(
        ["0a:be:00:00:00:01", "0a:be:00:00:00:02"],
        new[] { "fd42:0:0:1::/64", "fd42:0:0:2::/64" }.Select(r => RoutePlan.HardwareAddress(IpRanges.Parse(r))));

    private sealed class RouteLab : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly List<Task> _running = [];

        public required NetworkNamespace Switch { get; init; }

        public required IReadOnlyList<NetworkNamespace> Machines { get; init; }

        public FakeCluster Cluster { get; } = new();

        public static async Task<RouteLab> CreateAsync(PodNetworkMode mode)
        {
            var center = await NetworkNamespace.CreateAsync("switch");
            center.WriteSysctl("net/ipv4/ip_forward", "1");
            await center.IpAsync("link add br0 type bridge");
            await center.IpAsync("address add 192.0.2.254/24 dev br0");
            await center.IpAsync("link set br0 up");
            var machines = new List<NetworkNamespace>();
            string[] addresses = ["192.0.2.1", "192.0.2.2", "198.51.100.1"];
            for (var i = 0; i < addresses.Length; i++)
            {
                var machine = await NetworkNamespace.CreateAsync($"m{i}");
                await center.IpAsync($"link add port{i} type veth peer name eth0 netns {machine.Name}");
                await machine.IpAsync($"address add {addresses[i]}/24 dev eth0");
                await machine.IpAsync("link set eth0 up");
                await machine.IpAsync($"address add 10.42.{i}.2/32 dev lo");
                if (i < 2)
                    await center.IpAsync($"link set port{i} master br0");
                else
                    await center.IpAsync($"address add 198.51.100.254/24 dev port{i}");
                await center.IpAsync($"link set port{i} up");
                await machine.IpAsync($"route add default via {(i < 2 ? "192.0.2.254" : "198.51.100.254")}");
                machines.Add(machine);
            }

            var lab = new RouteLab { Switch = center, Machines = machines };
            for (var i = 0; i < addresses.Length; i++)
                lab.Cluster.Put(NodeOf(Name(i), addresses[i], i));
            for (var i = 0; i < addresses.Length; i++)
            {
                var informers = new InformerFactory(lab.Cluster);
                var options = new NodeRoutesOptions { Mode = mode, Address = IPAddress.Parse(addresses[i]), TunnelId = 77 };
                var routes = new NodeRoutes(informers, options, Network(i), machines[i], NullLogger<NodeRoutes>.Instance, TimeProvider.System);
                lab._running.Add(informers.RunAsync(lab._stop.Token));
                lab._running.Add(routes.RunAsync(lab._stop.Token));
                await routes.Ready.WaitAsync(TimeSpan.FromSeconds(30));
            }

            return lab;
        }

        public static NodeNetworkOptions Network(int index) => new()
        {
            NodeName = Name(index),
            PodNetwork = NodeRoutesTests.Cluster,
            NodePodNetwork = IPNetwork.Parse($"10.42.{index}.0/24"),
            ServiceNetwork = IPNetwork.Parse("10.96.0.0/16"),
        };

        public static Node NodeOf(string name, string address, int index) => new()
        {
            Metadata = new() { Name = name },
            Spec = new() { PodCIDR = $"10.42.{index}.0/24" },
            Status = new() { Addresses = [new() { Type = "InternalIP", Address = address }] },
        };

        /// <summary>From each machine's pod to each other's.</summary>
        public async Task UntilReachedAsync()
        {
            for (var from = 0; from < Machines.Count; from++)
            {
                for (var to = 0; to < Machines.Count; to++)
                {
                    if (from != to)
                        await Machines[from].RunAsync("busybox", ["ping", "-c", "1", "-W", "5", "-I", $"10.42.{from}.2", $"10.42.{to}.2"]);
                }
            }
        }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            foreach (var machine in Machines)
                await machine.DisposeAsync();
            await Switch.DisposeAsync();
            _stop.Dispose();
        }

        private static string Name(int index) => ((char)('a' + index)).ToString();
    }
}
