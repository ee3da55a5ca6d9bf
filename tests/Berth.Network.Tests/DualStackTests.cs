using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Networking.V1;
using Berth.Client.Informers;
using Berth.Network.Policies;
using Berth.Network.Proxy;
using Berth.Network.Tests.Lab;
using Berth.Resources.Addresses;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using IPAddress = System.Net.IPAddress;
using NetworkNamespace = Berth.Network.Tests.Lab.NetworkNamespace;

namespace Berth.Network.Tests;

/// <summary>Services and policies on a node whose pods have addresses of both families, by real packets.</summary>
public sealed class DualStackTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly List<IDisposable> _listeners = [];
    private readonly FakeCluster _cluster = new();
    private NodeLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await NodeLab.CreateAsync(dual: true);
        for (var i = 0; i < 3; i++)
        {
            _listeners.Add(_lab.Pods[i].ServeTcp(IPAddress.Any, 8080, $"pod-{i}"));
            _listeners.Add(_lab.Pods[i].ServeTcp(IPAddress.IPv6Any, 8081, $"pod-{i}"));
        }
        _listeners.Add(_lab.Outside.ServeTcp(IPAddress.IPv6Any, 80, "outside"));
        _cluster.Put(new Node
        {
            Metadata = new() { Name = "node" },
            Status = new() { Addresses = [new() { Type = "InternalIP", Address = "192.0.2.1" }, new() { Type = "InternalIP", Address = "2001:db8::1" }] },
        });
        _cluster.Put(Web());
        _cluster.Put(Slice("web-4", "IPv4", 8080, "10.42.0.2"));
        _cluster.Put(Slice("web-6", "IPv6", 8081, "fd42::2", "fd42::3"));
        var informers = new InformerFactory(_cluster);
        var options = new ServiceProxyOptions
        {
            Table = "berth-test", NodeName = "node", PodNetwork = IpRanges.Parse("10.42.0.0/16,fd42::/56"), ServiceNetwork = IpRanges.Parse("10.96.0.0/16,fd96::/108"), RouteInterface = "berth0",
        };
        var proxy = new ServiceProxy(informers, options, _lab.Node, NullLogger<ServiceProxy>.Instance);
        _running.Add(informers.RunAsync(_stop.Token));
        _running.Add(proxy.RunAsync(_stop.Token));
        await proxy.Ready.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Service_OfBothFamilies_IsServedByTheEndpointsOfEach()
    {
        Assert.Equal("pod-0 10.42.0.3", await _lab.B.ConnectAsync("10.96.0.20", 80));
        var answers = new HashSet<string>();
        for (var i = 0; i < 40; i++)
            answers.Add(await _lab.Pods[2].ConnectAsync("fd96::20", 80));
        // Pods see who asks.
        Assert.Equal(["pod-0 fd42::4", "pod-1 fd42::4"], answers.Order());
    }

    [Fact]
    public async Task Service_ForPodsAlone_PicksFromAllOfItsFamilysEndpoints()
    {
        _cluster.Put(Web() with { Spec = Web().Spec with { Type = "ClusterIP", Ports = [Web().Spec.Ports[0] with { NodePort = 0 }] } });
        await Eventually.Become(() => _lab.Node.ShowAsync("nft", "list", "map", "ip6", "berth-test", "service-ips"), t => t.Contains("goto pick-2", StringComparison.Ordinal));
        var answers = new HashSet<string>();
        for (var i = 0; i < 40; i++)
            answers.Add(await _lab.Pods[2].ConnectAsync("fd96::20", 80));
        Assert.Equal(["pod-0 fd42::4", "pod-1 fd42::4"], answers.Order());
        Assert.Equal("pod-0 10.42.0.3", await _lab.B.ConnectAsync("10.96.0.20", 80));
    }

    [Fact]
    public async Task Service_OfItself_IsReachedThroughTheBridge()
    {
        _cluster.Put(Slice("web-6", "IPv6", 8081, "fd42::2"));
        await Eventually.Become(() => _lab.A.ConnectAsync("fd96::20", 80), a => a == "pod-0 fd42::1");
    }

    [Fact]
    public async Task NodePort_FromOutside_AnswersOnBothAddresses()
    {
        Assert.StartsWith("pod-0", await _lab.Outside.ConnectAsync("192.0.2.1", 30080), StringComparison.Ordinal);
        Assert.Matches("^pod-[01]", await _lab.Outside.ConnectAsync("2001:db8::1", 30080));
        Assert.Matches("^pod-[01]", await _lab.Node.ConnectAsync("2001:db8::1", 30080));
    }

    [Fact]
    public async Task ClusterIp_WithoutThatPort_IsRefusedAndAnUnknownOneIsSilent()
    {
        Assert.Equal("refused", await _lab.B.ConnectAsync("fd96::20", 81));
        Assert.Equal("silent", await _lab.B.ConnectAsync("fd96::21", 80, timeoutMs: 300));
        await _cluster.DeleteAsync<EndpointSlice>("default", "web-6", ct: TestContext.Current.CancellationToken);
        await Eventually.Become(() => _lab.B.ConnectAsync("fd96::20", 80), a => a == "refused");
        Assert.StartsWith("pod-0", await _lab.B.ConnectAsync("10.96.0.20", 80), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Affinity_OfAClient_HoldsInIpv6()
    {
        _cluster.Put(Web() with { Spec = Web().Spec with { SessionAffinity = "ClientIP", SessionAffinityConfig = new() { ClientIP = new() { TimeoutSeconds = 3600 } } } });
        await Eventually.Become(() => _lab.Node.ShowAsync("nft", "list", "sets", "ip6"), t => t.Contains("aff-", StringComparison.Ordinal));
        var answers = new HashSet<string>();
        for (var i = 0; i < 20; i++)
            answers.Add(await _lab.Pods[2].ConnectAsync("fd96::20", 80));
        Assert.Single(answers);
    }

    [Fact]
    public async Task Pod_ToTheOutside_LeavesWithTheNodesAddress() =>
        Assert.Equal("outside 2001:db8::1", await _lab.A.ConnectAsync("2001:db8::2", 80));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Policy_OfBothFamilies_HoldsForEach(bool routed)
    {
        if (!routed)
        {
            Assert.SkipUnless(await PolicyEnforcer.CanGuardBridgeAsync(_lab.Node, TestContext.Current.CancellationToken), "this kernel has no nf_conntrack_bridge");
            _lab.Node.WriteSysctl("net/bridge/bridge-nf-call-ip6tables", "0");
        }

        for (var i = 0; i < 3; i++)
        {
            _cluster.Put(new Pod
            {
                Metadata = new() { Namespace = "x", Name = $"p{i}", Labels = ApiMap.Of(("pod", $"p{i}")) },
                Spec = new() { NodeName = "node", Containers = [new() { Name = "main" }] },
                Status = new() { Phase = "Running", PodIP = $"10.42.0.{i + 2}", PodIPs = [new() { Ip = $"10.42.0.{i + 2}" }, new() { Ip = $"fd42::{i + 2}" }] },
            });
        }
        _cluster.Put(new Namespace { Metadata = new() { Name = "x" } });
        var informers = new InformerFactory(_cluster);
        var enforcer = new PolicyEnforcer(
            informers,
            new PolicyEnforcerOptions { Table = "berth-test-policies", NodeName = "node", Families = [.. IpRanges.Parse("10.42.0.0/16,fd42::/56").Families], GuardBridge = !routed },
            _lab.Node, NullLogger<PolicyEnforcer>.Instance);
        _running.Add(informers.RunAsync(_stop.Token));
        _running.Add(enforcer.RunAsync(_stop.Token));
        Assert.Equal("pod-0 fd42::3", await _lab.B.ConnectAsync("fd42::2", 8081));

        Put(new() { PodSelector = Labels("p0"), PolicyTypes = ["Ingress"] });
        await Eventually.Become(() => _lab.B.ConnectAsync("fd42::2", 8081, 250), a => a == "silent");
        Assert.Equal("silent", await _lab.B.ConnectAsync("10.42.0.2", 8080, 250));
        // Who is isolated is still found by his neighbours, and others are not touched.
        await _lab.B.IpAsync("neigh flush all");
        Assert.Equal("pod-1 fd42::4", await _lab.Pods[2].ConnectAsync("fd42::3", 8081));

        Put(new() { PodSelector = Labels("p0"), Ingress = [new() { From = [new() { PodSelector = Labels("p1") }] }] });
        await Eventually.Become(() => _lab.B.ConnectAsync("fd42::2", 8081, 250), a => a == "pod-0 fd42::3");
        Assert.Equal("silent", await _lab.Pods[2].ConnectAsync("fd42::2", 8081, 250));

        Put(new() { PodSelector = Labels("p0"), Ingress = [new() { From = [new() { IpBlock = new() { Cidr = "fd42::/64", Except = ["fd42::3/128"] } }] }] });
        await Eventually.Become(() => _lab.Pods[2].ConnectAsync("fd42::2", 8081, 250), a => a == "pod-0 fd42::4");
        Assert.Equal("silent", await _lab.B.ConnectAsync("fd42::2", 8081, 250));
        Assert.Equal("silent", await _lab.Pods[2].ConnectAsync("10.42.0.2", 8080, 250));
    }

    private void Put(NetworkPolicySpec spec) => _cluster.Put(new NetworkPolicy { Metadata = new() { Namespace = "x", Name = "policy" }, Spec = spec });

    private static Api.Meta.V1.LabelSelector Labels(string pod) => new() { MatchLabels = ApiMap.Of(("pod", pod)) };

    private static Service Web() => new()
    {
        Metadata = new() { Namespace = "default", Name = "web" },
        Spec = new()
        {
            Type = "NodePort", ClusterIP = "10.96.0.20", ClusterIPs = ["10.96.0.20", "fd96::20"], IpFamilies = ["IPv4", "IPv6"],
            Ports = [new() { Name = "http", Port = 80, Protocol = "TCP", NodePort = 30080 }],
        },
    };

    private static EndpointSlice Slice(string name, string family, int port, params string[] addresses) => new()
    {
        Metadata = new() { Namespace = "default", Name = name, Labels = ApiMap.Of(("kubernetes.io/service-name", "web")) },
        AddressType = family,
        Endpoints = [.. addresses.Select(a => new Endpoint { Addresses = [a], NodeName = "node", Conditions = new() { Ready = true } })],
        Ports = [new() { Name = "http", Protocol = "TCP", Port = port }],
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _listeners.ForEach(l => l.Dispose());
        await _lab.DisposeAsync();
    }
}
