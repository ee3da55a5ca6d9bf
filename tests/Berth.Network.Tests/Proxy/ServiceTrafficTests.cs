using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Berth.Network.Proxy;
using Berth.Network.Tests.Lab;

namespace Berth.Network.Tests.Proxy;

/// <summary>Real packets through the real kernel: what the rules do, not what they say.</summary>
public sealed class ServiceTrafficTests : IAsyncLifetime
{
    private static readonly string[] PodAddresses = ["10.42.0.2", "10.42.0.3", "10.42.0.4"];

    private readonly List<IDisposable> _listeners = [];
    private NodeLab _lab = null!;
    private RuleTable _table = null!;
    private NftablesProgram _nft = null!;

    public ValueTask InitializeAsync() => StartAsync(bridgeNetfilter: true);

    private async ValueTask StartAsync(bool bridgeNetfilter)
    {
        _lab = await NodeLab.CreateAsync(bridgeNetfilter);
        _table = new RuleTable(_lab.Context, TimeProvider.System);
        _nft = new NftablesProgram(_lab.Node);
        for (var i = 0; i < 3; i++)
            _listeners.Add(_lab.Pods[i].ServeTcp(IPAddress.Any, 8080, $"pod-{i}"));
    }

    [Fact]
    public async Task ClusterIp_WithThreeEndpoints_ReachesEachAndKeepsThePodsAddress()
    {
        await ApplyAsync(Web(endpoints: 3));
        var answers = await ManyAsync(() => _lab.A.ConnectAsync("10.96.0.20", 80), 60);
        Assert.Equal(["pod-0", "pod-1", "pod-2"], answers.Select(a => a.Split(' ')[0]).Distinct().Order());
        // Other pods see who asks; the pod itself is answered through the bridge's address.
        Assert.Equal(["10.42.0.2"], answers.Where(a => !a.StartsWith("pod-0", StringComparison.Ordinal)).Select(a => a.Split(' ')[1]).Distinct());
        Assert.Equal(["10.42.0.1"], answers.Where(a => a.StartsWith("pod-0", StringComparison.Ordinal)).Select(a => a.Split(' ')[1]).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClusterIp_WithMoreEndpointsThanRules_ReachesEach(bool affinity)
    {
        // Twelve endpoints: four ports of each pod.
        List<ProxyEndpoint> endpoints = [];
        for (var i = 0; i < 12; i++)
        {
            endpoints.Add(Endpoint(i % 3) with { Port = 9000 + i });
            _listeners.Add(_lab.Pods[i % 3].ServeTcp(IPAddress.Any, 9000 + i, $"e{i}"));
        }
        await ApplyAsync(Web(0) with { Endpoints = [.. endpoints], ClientAffinity = affinity ? TimeSpan.FromHours(1) : null });
        var answers = await ManyAsync(() => _lab.A.ConnectAsync("10.96.0.20", 80), 120);
        Assert.All(answers, a => Assert.StartsWith("e", a, StringComparison.Ordinal));
        // All twelve in 120 draws, save once in three thousand runs; eight is certain enough to never fail by chance.
        Assert.InRange(answers.Select(a => a.Split(' ')[0]).Distinct().Count(), affinity ? 1 : 8, affinity ? 1 : 12);
    }

    [Fact]
    public async Task ClusterIp_WithoutBridgeNetfilter_ReachesPodsOfTheSameBridge()
    {
        await DisposeAsync();
        await StartAsync(bridgeNetfilter: false);
        await ApplyAsync(Web(endpoints: 3));
        var answers = await ManyAsync(() => _lab.A.ConnectAsync("10.96.0.20", 80), 40);
        Assert.Equal(["pod-0", "pod-1", "pod-2"], answers.Select(a => a.Split(' ')[0]).Distinct().Order());
    }

    [Fact]
    public async Task ClusterIp_FromTheNodeAndFromOutside_IsReached()
    {
        await ApplyAsync(Web(endpoints: 2));
        Assert.Matches("^pod-[01] 10.42.0.1$", await _lab.Node.ConnectAsync("10.96.0.20", 80));
        Assert.Matches("^pod-[01] 10.42.0.1$", await _lab.Outside.ConnectAsync("10.96.0.20", 80));
    }

    [Fact]
    public async Task ClusterIp_OfOnesOwnPod_IsReached()
    {
        await ApplyAsync(Web(endpoints: 1));
        Assert.Equal("pod-0 10.42.0.1", await _lab.A.ConnectAsync("10.96.0.20", 80));
    }

    [Fact]
    public async Task ClusterIp_WithoutEndpoints_IsRefusedAtOnce()
    {
        await ApplyAsync(Web(endpoints: 0));
        Assert.Equal("refused", await _lab.A.ConnectAsync("10.96.0.20", 80));
        Assert.Equal("refused", await _lab.Node.ConnectAsync("10.96.0.20", 80));
        Assert.Equal("refused", await _lab.Node.ConnectAsync("192.0.2.1", 30080));
        Assert.Equal("refused", await _lab.Outside.ConnectAsync("192.0.2.1", 30080));
    }

    [Fact]
    public async Task ClusterIp_AtAnotherPort_IsRefusedAtOnce()
    {
        await ApplyAsync(Web(endpoints: 1));
        Assert.Equal("refused", await _lab.A.ConnectAsync("10.96.0.20", 81));
        Assert.Equal("refused", await _lab.Node.ConnectAsync("10.96.0.20", 81));
    }

    [Fact]
    public async Task NodePort_FromEverywhere_IsReached()
    {
        await ApplyAsync(Web(endpoints: 3));
        foreach (var client in new[] { _lab.Outside, _lab.Node, _lab.A })
            Assert.Matches("^pod-[012] 10.42.0.1$", await client.ConnectAsync("192.0.2.1", 30080));
        Assert.Matches("^pod-[012] 10.42.0.1$", await _lab.Node.ConnectAsync("127.0.0.1", 30080));
    }

    [Fact]
    public async Task Loopback_OfTheNode_StaysClosedToPods()
    {
        await ApplyAsync(Web(endpoints: 1));
        using var listener = _lab.Node.ServeTcp(IPAddress.Loopback, 9999, "secret");
        Assert.Equal("secret 127.0.0.1", await _lab.Node.ConnectAsync("127.0.0.1", 9999));
        await _lab.A.IpAsync("route add 127.0.0.1 via 10.42.0.1 src 10.42.0.2 table 5");
        _lab.A.WriteSysctl("net/ipv4/conf/all/route_localnet", "1");
        await _lab.A.IpAsync("rule add to 127.0.0.1 lookup 5 pref 0");
        await _lab.A.IpAsync("rule add lookup local pref 10");
        await _lab.A.IpAsync("rule del pref 0 lookup local");
        Assert.Equal("silent", await _lab.A.ConnectAsync("127.0.0.1", 9999, timeoutMs: 300));
    }

    [Fact]
    public async Task NodePort_WithExternalPolicyLocal_KeepsTheClientsAddress()
    {
        await ApplyAsync(Web(endpoints: 2) with { ExternalTrafficLocal = true });
        Assert.Matches("^pod-[01] 192.0.2.2$", await _lab.Outside.ConnectAsync("192.0.2.1", 30080));
        Assert.Matches("^pod-[01] 10.42.0.1$", await _lab.Node.ConnectAsync("192.0.2.1", 30080));
    }

    [Fact]
    public async Task NodePort_WithExternalPolicyLocalAndEndpointsElsewhere_IsDroppedFromOutsideOnly()
    {
        // "Elsewhere" by name only, so that the node's own way to it can be seen to work.
        var service = Web(endpoints: 1);
        await ApplyAsync(service with { ExternalTrafficLocal = true, Endpoints = [service.Endpoints[0] with { NodeName = "other" }] });
        Assert.Equal("silent", await _lab.Outside.ConnectAsync("192.0.2.1", 30080, timeoutMs: 500));
        Assert.StartsWith("pod-0", await _lab.Node.ConnectAsync("192.0.2.1", 30080), StringComparison.Ordinal);
        Assert.StartsWith("pod-0", await _lab.B.ConnectAsync("192.0.2.1", 30080), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Affinity_OfClient_StaysWithOneEndpointUntilItIsGone()
    {
        var service = Web(endpoints: 3) with { ClientAffinity = TimeSpan.FromHours(3) };
        await ApplyAsync(service);
        var answers = await ManyAsync(() => _lab.Node.ConnectAsync("10.96.0.20", 80), 20);
        var chosen = Assert.Single(answers.Distinct()).Split(' ')[0];

        await ApplyAsync(service with { Endpoints = service.Endpoints.RemoveAt(chosen[^1] - '0') });
        answers = await ManyAsync(() => _lab.Node.ConnectAsync("10.96.0.20", 80), 20);
        Assert.NotEqual(chosen, Assert.Single(answers.Distinct()).Split(' ')[0]);
    }

    [Fact]
    public async Task ExternalAndBalancerAddress_WithSourceRanges_LetInWhomTheyName()
    {
        var service = Web(endpoints: 2) with
        {
            ExternalIps = [IPAddress.Parse("198.51.100.1")],
            LoadBalancerIps = [IPAddress.Parse("198.51.100.2")],
            LoadBalancerSourceRanges = [IPNetwork.Parse("203.0.113.0/24")],
        };
        await ApplyAsync(service);
        Assert.StartsWith("pod-", await _lab.Outside.ConnectAsync("198.51.100.1", 80), StringComparison.Ordinal);
        Assert.Equal("silent", await _lab.Outside.ConnectAsync("198.51.100.2", 80, timeoutMs: 500));
        await ApplyAsync(service with { LoadBalancerSourceRanges = [IPNetwork.Parse("192.0.2.0/24")] });
        Assert.StartsWith("pod-", await _lab.Outside.ConnectAsync("198.51.100.2", 80), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Service_Deleted_IsNoLongerReached()
    {
        await ApplyAsync(Web(endpoints: 2));
        Assert.StartsWith("pod-", await _lab.A.ConnectAsync("10.96.0.20", 80), StringComparison.Ordinal);
        _table.Set(("default", "web"), null);
        await ApplyAsync();
        Assert.Equal("silent", await _lab.A.ConnectAsync("10.96.0.20", 80, timeoutMs: 500));
        Assert.Equal("refused", await _lab.Outside.ConnectAsync("192.0.2.1", 30080));
    }

    [Fact]
    public async Task UdpFlow_ToAnEndpointThatIsGone_MovesToAnother()
    {
        for (var i = 0; i < 2; i++)
            _listeners.Add(_lab.Pods[i].ServeUdp(IPAddress.Any, 5353, $"pod-{i}"));
        var service = new ProxyService("default", "dns")
        {
            ClusterIps = [IPAddress.Parse("10.96.0.10")],
            Ports = [new ProxyPort("dns", "udp", 53, 0)],
            Endpoints = [Endpoint(0) with { PortName = "dns", Protocol = "udp", Port = 5353 }],
        };
        await ApplyAsync(service);
        using var client = _lab.Pods[2].Socket(SocketType.Dgram);
        Assert.StartsWith("pod-0", await NetworkNamespace.AskUdpAsync(client, "10.96.0.10", 53), StringComparison.Ordinal);

        service = service with { Endpoints = [service.Endpoints[0] with { Address = IPAddress.Parse(PodAddresses[1]) }] };
        await ApplyAsync(service);
        // The same port of the same client: the kernel still remembers the old way.
        Assert.StartsWith("pod-0", await NetworkNamespace.AskUdpAsync(client, "10.96.0.10", 53), StringComparison.Ordinal);
        var conntrack = new Conntrack(_lab.Node);
        var stale = StaleFlows.Find(await conntrack.ListUdpAsync(AddressFamily.InterNetwork, TestContext.Current.CancellationToken), [service], _lab.Context).ToList();
        Assert.Single(stale);
        await conntrack.DeleteAsync(stale[0], TestContext.Current.CancellationToken);
        await conntrack.DeleteAsync(stale[0], TestContext.Current.CancellationToken); // gone already: no error
        Assert.StartsWith("pod-1", await NetworkNamespace.AskUdpAsync(client, "10.96.0.10", 53), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_ToTheOutside_LeavesWithTheNodesAddress()
    {
        await ApplyAsync();
        using var listener = _lab.Outside.ServeTcp(IPAddress.Any, 8081, "outside");
        Assert.Equal("outside 192.0.2.1", await _lab.A.ConnectAsync("192.0.2.2", 8081));
        Assert.Equal("pod-1 10.42.0.2", await _lab.A.ConnectAsync("10.42.0.3", 8080));
    }

    [Fact]
    public async Task Removal_OfTheTable_LeavesNothing()
    {
        await ApplyAsync(Web(endpoints: 2));
        await _nft.ApplyAsync(BaseRules.RenderRemoval(_lab.Context), TestContext.Current.CancellationToken);
        await _nft.ApplyAsync(BaseRules.RenderRemoval(_lab.Context), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("berth", await _lab.Node.ShowAsync("nft", "list", "tables"), StringComparison.Ordinal);
        await _lab.PodNetwork.PurgeAsync(TestContext.Current.CancellationToken);
        await _lab.PodNetwork.PurgeAsync(TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(_lab.StateDirectory));
        Assert.Equal("0", _lab.Node.ReadSysctl("net/ipv4/ip_forward"));
    }

    private static ProxyService Web(int endpoints) => new("default", "web")
    {
        ClusterIps = [IPAddress.Parse("10.96.0.20")],
        Ports = [new ProxyPort("http", "tcp", 80, 30080)],
        Endpoints = [.. Enumerable.Range(0, endpoints).Select(Endpoint)],
    };

    private static ProxyEndpoint Endpoint(int pod) => new(IPAddress.Parse(PodAddresses[pod]), "http", "tcp", 8080, "node");

    private async Task ApplyAsync(params ImmutableArray<ProxyService> services)
    {
        foreach (var service in services)
            _table.Set((service.Namespace, service.Name), ServiceRules.Render(service, _lab.Context));
        await _nft.ApplyAsync(_table.BuildScript(), TestContext.Current.CancellationToken);
        _table.Commit();
    }

    private static async Task<List<string>> ManyAsync(Func<Task<string>> ask, int times)
    {
        List<string> answers = [];
        for (var i = 0; i < times; i++)
            answers.Add(await ask());
        return answers;
    }

    public async ValueTask DisposeAsync()
    {
        _listeners.ForEach(l => l.Dispose());
        _listeners.Clear();
        await _lab.DisposeAsync();
    }
}
