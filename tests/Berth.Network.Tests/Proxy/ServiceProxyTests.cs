using System.Net;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Api.Meta.V1;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;
using Berth.Client.Informers;
using Berth.Network.Proxy;
using Berth.Network.Tests.Lab;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.Proxy;

/// <summary>From the API to the packets.</summary>
public sealed class ServiceProxyTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IDisposable> _listeners = [];
    private readonly List<Task> _running = [];
    private readonly FakeCluster _cluster = new();
    private NodeLab _lab = null!;

    public async ValueTask InitializeAsync()
    {
        _lab = await NodeLab.CreateAsync();
        for (var i = 0; i < 3; i++)
            _listeners.Add(_lab.Pods[i].ServeTcp(IPAddress.Any, 8080, $"pod-{i}"));
        _cluster.Put(new Node
        {
            Metadata = new ObjectMeta { Name = "node" },
            Status = new NodeStatus { Addresses = [new NodeAddress { Type = "InternalIP", Address = "192.0.2.1" }] },
        });
        _cluster.Put(Web);
        _cluster.Put(Slice("web-1", "10.42.0.2"));
        await StartAsync().Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Service_FromTheApi_IsReachedAndFollowsItsEndpoints()
    {
        Assert.StartsWith("pod-0", await _lab.B.ConnectAsync("10.96.0.20", 80), StringComparison.Ordinal);
        Assert.StartsWith("pod-0", await _lab.Outside.ConnectAsync("192.0.2.1", 30080), StringComparison.Ordinal);

        _cluster.Put(Slice("web-1", "10.42.0.3"));
        await Eventually.Become(() => _lab.B.ConnectAsync("10.96.0.20", 80), a => a.StartsWith("pod-1", StringComparison.Ordinal));

        await _cluster.DeleteAsync<EndpointSlice>("default", "web-1", ct: TestContext.Current.CancellationToken);
        await Eventually.Become(() => _lab.B.ConnectAsync("10.96.0.20", 80), a => a == "refused");

        await _cluster.DeleteAsync<Service>("default", "web", ct: TestContext.Current.CancellationToken);
        await Eventually.Become(() => _lab.B.ConnectAsync("10.96.0.20", 80, timeoutMs: 200), a => a == "silent");
    }

    [Fact]
    public async Task Node_WithAnotherAddress_MovesNodePorts()
    {
        await _lab.Node.IpAsync("address add 192.0.2.9/24 dev out0");
        Assert.Equal("refused", await _lab.Outside.ConnectAsync("192.0.2.9", 30080));
        _cluster.Put(new Node
        {
            Metadata = new ObjectMeta { Name = "node" },
            Status = new NodeStatus { Addresses = [new NodeAddress { Type = "InternalIP", Address = "192.0.2.9" }] },
        });
        await Eventually.Become(() => _lab.Outside.ConnectAsync("192.0.2.9", 30080), a => a.StartsWith("pod-0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Table_DeletedOrFlushedBySomebody_IsWrittenAgain()
    {
        await _lab.Node.ShowAsync("nft", "flush", "ruleset");
        await Eventually.Become(() => _lab.B.ConnectAsync("10.96.0.20", 80, timeoutMs: 200), a => a.StartsWith("pod-0", StringComparison.Ordinal));
        await _lab.Node.ShowAsync("nft", "flush", "table", "ip", "berth-test");
        await Eventually.Become(() => _lab.B.ConnectAsync("10.96.0.20", 80, timeoutMs: 200), a => a.StartsWith("pod-0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Change_ThatTheKernelRefuses_DoesNotStopTheOthersForLong()
    {
        // The next incremental script deletes an element that is not there any more: nftables refuses the whole of it.
        await _lab.Node.ShowAsync("nft", "flush", "map", "ip", "berth-test", "service-ips");
        await _cluster.DeleteAsync<EndpointSlice>("default", "web-1", ct: TestContext.Current.CancellationToken);
        await Eventually.Become(
            () => _lab.Node.ShowAsync("nft", "list", "map", "ip", "berth-test", "no-endpoint-services"), a => a.Contains("10.96.0.20", StringComparison.Ordinal));
        _cluster.Put(Slice("web-1", "10.42.0.4"));
        await Eventually.Become(() => _lab.B.ConnectAsync("10.96.0.20", 80, timeoutMs: 200), a => a.StartsWith("pod-2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Proxy_Stopped_LeavesItsRulesUntilPurged()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        Assert.StartsWith("pod-0", await _lab.B.ConnectAsync("10.96.0.20", 80), StringComparison.Ordinal);
        await ServiceProxy.PurgeAsync("berth-test", _lab.Node, TestContext.Current.CancellationToken);
        await ServiceProxy.PurgeAsync("berth-test", _lab.Node, TestContext.Current.CancellationToken);
        Assert.NotEqual("pod-0 10.42.0.3", await _lab.B.ConnectAsync("10.96.0.20", 80, timeoutMs: 200));
    }

    [Fact]
    public async Task Slice_ThatIsLabelledHeadless_GetsNoTraffic()
    {
        Assert.StartsWith("pod-0", await _lab.B.ConnectAsync("10.96.0.20", 80), StringComparison.Ordinal);
        var slice = Slice("web-1", "10.42.0.2");
        _cluster.Put(slice with { Metadata = slice.Metadata with { Labels = slice.Metadata.Labels.With("service.kubernetes.io/headless", "") } });
        await Eventually.Become(() => _lab.B.ConnectAsync("10.96.0.20", 80), a => a == "refused");
    }

    [Fact]
    public async Task HealthCheckNodePort_OfPolicyLocal_TellsOfThisNodesEndpoints()
    {
        _cluster.Put(Web with
        {
            Spec = Web.Spec with { Type = "LoadBalancer", ExternalTrafficPolicy = "Local", HealthCheckNodePort = 31999 },
        });
        var answer = await Eventually.Become(() => _lab.Outside.HttpGetAsync("192.0.2.1", 31999), a => a.StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
        Assert.Contains("X-Load-Balancing-Endpoint-Weight: 1\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\"localEndpoints\": 1", answer, StringComparison.Ordinal);

        _cluster.Put(Slice("web-1", "10.42.0.2") with { Endpoints = [new Endpoint { Addresses = ["10.42.0.2"], NodeName = "elsewhere" }] });
        answer = await Eventually.Become(() => _lab.Outside.HttpGetAsync("192.0.2.1", 31999), a => a.StartsWith("HTTP/1.1 503", StringComparison.Ordinal));
        Assert.Contains("\"localEndpoints\": 0", answer, StringComparison.Ordinal);

        _cluster.Put(Web);
        await Eventually.Become(() => _lab.Outside.HttpGetAsync("192.0.2.1", 31999), a => a == "refused");
    }

    [Fact]
    public async Task ServiceCidr_Further_DropsWhatNoServiceHas()
    {
        await _lab.Outside.IpAsync("route add 203.0.113.0/24 via 192.0.2.1");
        Assert.NotEqual("silent", await _lab.Outside.ConnectAsync("203.0.113.5", 80, timeoutMs: 300));
        _cluster.Put(new Berth.Api.Networking.V1.ServiceCIDR { Metadata = new() { Name = "more" }, Spec = new() { Cidrs = ["203.0.113.0/24"] } });
        _cluster.Put(Web with { Spec = Web.Spec with { ClusterIP = "203.0.113.7", ClusterIPs = ["203.0.113.7"] } });
        await Eventually.Become(() => _lab.Outside.ConnectAsync("203.0.113.7", 80, timeoutMs: 300), a => a.StartsWith("pod-0", StringComparison.Ordinal));
        Assert.Equal("silent", await _lab.Outside.ConnectAsync("203.0.113.5", 80, timeoutMs: 300));
    }

    private ServiceProxy StartAsync()
    {
        var informers = new InformerFactory(_cluster);
        var proxy = new ServiceProxy(informers, new ServiceProxyOptions
        {
            Table = "berth-test",
            NodeName = "node",
            PodNetwork = _lab.Context.PodNetwork,
            ServiceNetwork = _lab.Context.ServiceNetworks[0],
            CheckInterval = TimeSpan.FromMilliseconds(200),
        }, _lab.Node, NullLogger<ServiceProxy>.Instance);
        _running.Add(informers.RunAsync(_stop.Token));
        _running.Add(proxy.RunAsync(_stop.Token));
        return proxy;
    }

    private static Service Web => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = "web" },
        Spec = new ServiceSpec
        {
            Type = "NodePort",
            ClusterIP = "10.96.0.20",
            ClusterIPs = ["10.96.0.20"],
            Ports = [new ServicePort { Name = "http", Protocol = "TCP", Port = 80, TargetPort = 8080, NodePort = 30080 }],
        },
    };

    private static EndpointSlice Slice(string name, params string[] addresses) => new()
    {
        Metadata = new ObjectMeta { Namespace = "default", Name = name, Labels = ApiMap.Of(("kubernetes.io/service-name", "web")) },
        AddressType = "IPv4",
        Endpoints = [.. addresses.Select(a => new Endpoint { Addresses = [a], Conditions = new EndpointConditions { Ready = true }, NodeName = "node" })],
        Ports = [new EndpointPort { Name = "http", Protocol = "TCP", Port = 8080 }],
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _listeners.ForEach(l => l.Dispose());
        await _lab.DisposeAsync();
    }
}
