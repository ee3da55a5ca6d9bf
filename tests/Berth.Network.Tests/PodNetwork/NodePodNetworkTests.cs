using System.Net;
using Berth.Linux.Processes;
using Berth.Network.PodNetwork;
using Berth.Network.Tests.Lab;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.PodNetwork;

public sealed class NodePodNetworkTests : IAsyncLifetime
{
    private readonly string _state = Directory.CreateTempSubdirectory("berth-test-").FullName;
    private NetworkNamespace _node = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _node = await NetworkNamespace.CreateAsync("podnet");
        _node.WriteSysctl("net/ipv4/ip_forward", "0");
    }

    [Fact]
    public async Task Ensure_TwiceThenPurge_LeavesTheMachineAsItWas()
    {
        var before = await StateAsync();
        var network = Network("berth0", "10.42.0.0/24");
        await network.EnsureAsync(Token);
        var once = await StateAsync();
        await network.EnsureAsync(Token);
        Assert.Equal(once, await StateAsync());
        Assert.Contains("10.42.0.1/24", once, StringComparison.Ordinal);
        Assert.Equal("1", _node.ReadSysctl("net/ipv4/ip_forward"));
        await network.PurgeAsync(Token);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Purge_OfOneOfTwoInstances_LeavesTheOtherWorking()
    {
        var first = Network("berth0", "10.42.0.0/24");
        var second = Network("berth1", "10.43.0.0/24");
        await first.EnsureAsync(Token);
        await second.EnsureAsync(Token);
        await first.PurgeAsync(Token);
        Assert.Equal("1", _node.ReadSysctl("net/ipv4/ip_forward"));
        Assert.DoesNotContain("berth0", await StateAsync(), StringComparison.Ordinal);
        await second.PurgeAsync(Token);
        Assert.Equal("0", _node.ReadSysctl("net/ipv4/ip_forward"));
    }

    [Fact]
    public async Task Ensure_WithIptablesThatForwardsNothing_MakesAnExceptionAndTakesItBack()
    {
        if (ProcessRunner.Find("iptables-nft") is null)
            Assert.Skip("iptables is not installed");
        await _node.ShowAsync("iptables-nft", "-P", "FORWARD", "DROP");
        var network = Network("berth0", "10.42.0.0/24");
        for (var i = 0; i < 2; i++)
            Assert.Empty((await network.EnsureAsync(Token)).Warnings);
        var rules = await _node.ShowAsync("iptables-nft", "-S", "FORWARD");
        Assert.Equal(2, rules.Split('\n').Count(r => r.Contains("berth0", StringComparison.Ordinal) && r.EndsWith("-j ACCEPT", StringComparison.Ordinal)));
        await network.PurgeAsync(Token);
        Assert.DoesNotContain("berth0", await _node.ShowAsync("iptables-nft", "-S", "FORWARD"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ensure_WithAnotherFirewallThatForwardsNothing_SaysWhatToDo()
    {
        await _node.RunAsync("nft", ["-f", "-"], "table inet strict { chain strict-forward { type filter hook forward priority 0; policy drop; }; }", Token);
        var warning = Assert.Single((await Network("berth0", "10.42.0.0/24").EnsureAsync(Token)).Warnings);
        Assert.Contains("inet strict strict-forward", warning, StringComparison.Ordinal);
        Assert.Contains("berth0", warning, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.96.0.0/16", 10, "10.96.0.10")]
    [InlineData("10.96.0.0/12", 1, "10.96.0.1")]
    [InlineData("10.42.0.128/25", 1, "10.42.0.129")]
    [InlineData("10.0.0.0/16", 300, "10.0.1.44")]
    [InlineData("fd00::/108", 10, "fd00::a")]
    public void NthAddress_OfNetwork_CountsFromItsBase(string network, int index, string expected) =>
        Assert.Equal(IPAddress.Parse(expected), PodNetworkOptions.NthAddress(IPNetwork.Parse(network), index));

    [Fact]
    public void NthAddress_BeyondTheNetwork_IsRefused() =>
        Assert.Throws<ArgumentException>(() => PodNetworkOptions.NthAddress(IPNetwork.Parse("10.96.0.0/29"), 10));

    private NodePodNetwork Network(string bridge, string pods) => new(new PodNetworkOptions
    {
        Bridge = bridge,
        NodePodNetwork = IPNetwork.Parse(pods),
        ServiceNetwork = IPNetwork.Parse(bridge == "berth0" ? "10.96.0.0/16" : "10.97.0.0/16"),
        StateDirectory = _state,
    }, _node, NullLogger.Instance);

    private async Task<string> StateAsync() => string.Join('\n',
        await _node.ShowAsync("ip", "-br", "address"),
        await _node.ShowAsync("ip", "route"),
        await _node.ShowAsync("nft", "list", "ruleset"),
        _node.ReadSysctl("net/ipv4/ip_forward"),
        _node.ReadSysctl("net/bridge/bridge-nf-call-iptables"));

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        if (Directory.Exists(_state))
            Directory.Delete(_state, recursive: true);
    }
}
