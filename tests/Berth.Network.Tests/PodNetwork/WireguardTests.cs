using System.Net;
using Berth.Linux.Netlink;
using Berth.Network.PodNetwork;
using Berth.Network.Tests.Lab;
using Berth.Resources.Addresses;

namespace Berth.Network.Tests.PodNetwork;

/// <summary>Encrypted tunnels between two machines, in namespaces. Skipped where the kernel has no WireGuard; there, that it is said.</summary>
public sealed class WireguardTests
{
    private const int Port = 51820;

    private static readonly string[] Ranges = ["10.42.0.0/24,fd42::/64", "10.42.1.0/24,fd42:0:0:1::/64"];

    [Fact]
    public async Task Tunnel_OnAKernelWithout_SaysSo()
    {
        await using var machine = await NetworkNamespace.CreateAsync("wg");
        Assert.SkipWhen(HasWireguard(machine), "this kernel has WireGuard");
        var directory = Directory.CreateTempSubdirectory("berth-test-");
        try
        {
            var tunnel = new WireguardTunnel("berth-tun", Path.Combine(directory.FullName, "key"), machine);
            await Assert.ThrowsAsync<WireguardMissingException>(() => tunnel.EnsureAsync(IpRanges.Parse(Ranges[0]), Port, 1420, TestContext.Current.CancellationToken));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Tunnel_BetweenTwoMachines_CarriesBothFamiliesAndFollowsItsPeers()
    {
        await using var a = await NetworkNamespace.CreateAsync("wg-a");
        await using var b = await NetworkNamespace.CreateAsync("wg-b");
        Assert.SkipUnless(HasWireguard(a), "this kernel has no WireGuard");
        await a.IpAsync($"link add eth0 type veth peer name eth0 netns {b.Name}");
        var directory = Directory.CreateTempSubdirectory("berth-test-");
        try
        {
            NetworkNamespace[] machines = [a, b];
            var tunnels = new List<WireguardTunnel>();
            var keys = new List<string>();
            for (var i = 0; i < 2; i++)
            {
                await machines[i].IpAsync($"address add 192.0.2.{i + 1}/24 dev eth0");
                await machines[i].IpAsync("link set eth0 up");
                var file = Path.Combine(directory.FullName, $"key{i}");
                tunnels.Add(new WireguardTunnel("berth-tun", file, machines[i]));
                keys.Add(await tunnels[i].EnsureAsync(IpRanges.Parse(Ranges[i]), Port, 1420, TestContext.Current.CancellationToken));
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
                // Again: nothing changes, and the key stays.
                Assert.Equal(keys[i], await tunnels[i].EnsureAsync(IpRanges.Parse(Ranges[i]), Port, 1420, TestContext.Current.CancellationToken));
                foreach (var range in IpRanges.Parse(Ranges[1 - i]).All)
                    await machines[i].IpAsync($"route replace {range} dev berth-tun");
            }

            Assert.NotEqual(keys[0], keys[1]);
            for (var i = 0; i < 2; i++)
                tunnels[i].SetPeers([new WireguardPeer(keys[1 - i], new IPEndPoint(IPAddress.Parse($"192.0.2.{2 - i}"), Port), IpRanges.Parse(Ranges[1 - i]))]);
            using var served = b.ServeTcp(IPAddress.Any, 80, "b");
            using var servedV6 = b.ServeTcp(IPAddress.IPv6Any, 81, "b");
            await Eventually.Become(() => a.ConnectAsync("10.42.1.0", 80), t => t == "b 10.42.0.0");
            await Eventually.Become(() => a.ConnectAsync("fd42:0:0:1::", 81), t => t == "b fd42::");

            // Who is no peer any more is not heard.
            tunnels[1].SetPeers([]);
            await Eventually.Become(() => a.ConnectAsync("10.42.1.0", 80, 500), t => !t.StartsWith("b ", StringComparison.Ordinal));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static bool HasWireguard(NetworkNamespace machine) => machine.Open(() =>
    {
        using var netlink = GenericNetlink.Open();
        return netlink.Family("wireguard") is not null;
    });
}
