using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Networking.V1;
using Berth.Client.Informers;
using Berth.Network.Policies;
using Berth.Network.Tests.Lab;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using IPAddress = System.Net.IPAddress;
using NetworkNamespace = Berth.Network.Tests.Lab.NetworkNamespace;

namespace Berth.Network.Tests.Policies;

/// <summary>From policies of the API to real packets between real pods. Pods a and b are in the namespace x, pod c in y.</summary>
public sealed class PolicyTrafficTests : IAsyncLifetime
{
    private CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly List<IDisposable> _listeners = [];
    private readonly FakeCluster _cluster = new();
    private NodeLab _lab = null!;
    private PolicyEnforcer _enforcer = null!;

    public ValueTask InitializeAsync() => StartAsync(bridgeNetfilter: true);

    private async ValueTask StartAsync(bool bridgeNetfilter)
    {
        _lab = await NodeLab.CreateAsync(bridgeNetfilter);
        for (var i = 0; i < 3; i++)
        {
            _listeners.Add(_lab.Pods[i].ServeTcp(IPAddress.Any, 80, $"pod-{i}"));
            _listeners.Add(_lab.Pods[i].ServeTcp(IPAddress.Any, 81, $"pod-{i}"));
            _listeners.Add(_lab.Pods[i].ServeUdp(IPAddress.Any, 80, $"udp-{i}"));
        }
        _listeners.Add(_lab.Outside.ServeTcp(IPAddress.Any, 80, "outside"));
        await _lab.Outside.IpAsync("route add 10.42.0.0/16 via 192.0.2.1");
        _cluster.Put(new Namespace { Metadata = new() { Name = "x", Labels = ApiMap.Of(("ns", "x")) } });
        _cluster.Put(new Namespace { Metadata = new() { Name = "y", Labels = ApiMap.Of(("ns", "y")) } });
        Put("x", "a", "10.42.0.2");
        Put("x", "b", "10.42.0.3");
        Put("y", "c", "10.42.0.4");
        _enforcer = Enforce(bridgeNetfilter, _stop.Token);
        await _enforcer.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ingress_DeniedByDefault_StopsOthersButNotTheNodeNorAnswers(bool bridgeNetfilter)
    {
        if (!bridgeNetfilter)
        {
            if (!await PolicyEnforcer.CanGuardBridgeAsync(_lab.Node, TestContext.Current.CancellationToken))
                Assert.Skip("this kernel has no nf_conntrack_bridge");
            await DisposeAsync();
            _stop = new CancellationTokenSource();
            _running.Clear();
            _listeners.Clear();
            await StartAsync(bridgeNetfilter: false);
        }
        Put(Policy("deny") with { Spec = new() { PodSelector = Labels("pod", "a"), PolicyTypes = ["Ingress"] } });
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a == "silent");
        Assert.Equal("silent", await ConnectAsync(_lab.Outside, "10.42.0.2", 80));
        Assert.StartsWith("pod-0", await ConnectAsync(_lab.Node, "10.42.0.2", 80), StringComparison.Ordinal);
        // What it asks for itself is answered; and nobody else is concerned.
        Assert.StartsWith("pod-1", await ConnectAsync(_lab.A, "10.42.0.3", 80), StringComparison.Ordinal);
        Assert.StartsWith("pod-1", await ConnectAsync(_lab.Pods[2], "10.42.0.3", 80), StringComparison.Ordinal);

        await _cluster.DeleteAsync<NetworkPolicy>("x", "deny", ct: TestContext.Current.CancellationToken);
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a.StartsWith("pod-0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ingress_FromSelectedPods_FollowsLabelsOfPodsAndNamespaces()
    {
        Put(Policy("some") with
        {
            Spec = new()
            {
                PodSelector = Labels("pod", "a"),
                PolicyTypes = ["Ingress"],
                Ingress = [new() { From = [new() { PodSelector = Labels("pod", "c"), NamespaceSelector = Labels("ns", "y") }] }],
            },
        });
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a == "silent");
        Assert.StartsWith("pod-0", await ConnectAsync(_lab.Pods[2], "10.42.0.2", 80), StringComparison.Ordinal);
        // Labels of the namespace no longer fit, then those of another do.
        _cluster.Put(new Namespace { Metadata = new() { Name = "y", Labels = ApiMap.Of(("ns", "z")) } });
        await Eventually.Become(() => ConnectAsync(_lab.Pods[2], "10.42.0.2", 80), a => a == "silent");
        _cluster.Put(new Namespace { Metadata = new() { Name = "x", Labels = ApiMap.Of(("ns", "y")) } });
        Put("x", "b", "10.42.0.3", label: "c");
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a.StartsWith("pod-0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ingress_OnPorts_HasNumbersRangesNamesAndProtocols()
    {
        async Task Expect(NetworkPolicyPort port, bool tcp80, bool tcp81, bool udp80)
        {
            Put(Policy("ports") with { Spec = new() { PodSelector = Labels("pod", "a"), PolicyTypes = ["Ingress"], Ingress = [new() { Ports = [port] }] } });
            await Eventually.Become(async () => (await OpenAsync(80), await OpenAsync(81), await OpenUdpAsync()), o => o == (tcp80, tcp81, udp80));
        }

        async Task<bool> OpenAsync(int port) => (await ConnectAsync(_lab.B, "10.42.0.2", port)).StartsWith("pod-0", StringComparison.Ordinal);
        async Task<bool> OpenUdpAsync()
        {
            using var socket = _lab.B.Socket(SocketType.Dgram);
            return (await NetworkNamespace.AskUdpAsync(socket, "10.42.0.2", 80, 200)).StartsWith("udp-0", StringComparison.Ordinal);
        }

        await Expect(new() { Port = 80 }, tcp80: true, tcp81: false, udp80: false);
        await Expect(new() { Port = 80, EndPort = 90 }, tcp80: true, tcp81: true, udp80: false);
        await Expect(new() { Protocol = "UDP" }, tcp80: false, tcp81: false, udp80: true);
        await Expect(new() { Protocol = "UDP", Port = 80 }, tcp80: false, tcp81: false, udp80: true);
        // The pod calls its port 81 "web".
        await Expect(new() { Port = "web" }, tcp80: false, tcp81: true, udp80: false);
        await Expect(new() { Protocol = "SCTP", Port = 80 }, tcp80: false, tcp81: false, udp80: false);
    }

    [Fact]
    public async Task Egress_ToBlock_HasExceptionsAndStopsTheRest()
    {
        Put(Policy("block") with
        {
            Spec = new()
            {
                PodSelector = Labels("pod", "a"),
                PolicyTypes = ["Egress"],
                Egress = [new() { To = [new() { IpBlock = new() { Cidr = "10.42.0.0/24", Except = ["10.42.0.4/32"] } }] }],
            },
        });
        await Eventually.Become(() => ConnectAsync(_lab.A, "192.0.2.2", 80), a => a == "silent");
        Assert.StartsWith("pod-1", await ConnectAsync(_lab.A, "10.42.0.3", 80), StringComparison.Ordinal);
        Assert.Equal("silent", await ConnectAsync(_lab.A, "10.42.0.4", 80));
        // Asked, it answers; and others may go where they like.
        Assert.StartsWith("pod-0", await ConnectAsync(_lab.Pods[2], "10.42.0.2", 80), StringComparison.Ordinal);
        Assert.StartsWith("outside", await ConnectAsync(_lab.B, "192.0.2.2", 80), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Policies_SeveralOfOnePod_AddUp()
    {
        Put(Policy("deny") with { Spec = new() { PolicyTypes = ["Ingress", "Egress"] } });
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a == "silent");
        Assert.Equal("silent", await ConnectAsync(_lab.A, "10.42.0.4", 80));
        Put(Policy("in") with { Spec = new() { PodSelector = Labels("pod", "a"), PolicyTypes = ["Ingress"], Ingress = [new()] } });
        // Both ends have to agree.
        await Eventually.Become(() => ConnectAsync(_lab.Pods[2], "10.42.0.2", 80), a => a.StartsWith("pod-0", StringComparison.Ordinal));
        Assert.Equal("silent", await ConnectAsync(_lab.B, "10.42.0.2", 80));
        Put(Policy("out") with { Spec = new() { PodSelector = Labels("pod", "b"), PolicyTypes = ["Egress"], Egress = [new() { To = [new() { PodSelector = Labels("pod", "a") }] }] } });
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a.StartsWith("pod-0", StringComparison.Ordinal));
        Assert.Equal("silent", await ConnectAsync(_lab.B, "10.42.0.4", 80));
    }

    [Fact]
    public async Task Restart_OfTheEnforcer_NeverOpensAnIsolatedPod()
    {
        Put(Policy("deny") with { Spec = new() { PolicyTypes = ["Ingress"] } });
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a == "silent");
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        Assert.Equal("silent", await ConnectAsync(_lab.B, "10.42.0.2", 80));
        using var stop = new CancellationTokenSource();
        var probing = Task.Run(async () =>
        {
            List<string> answers = [];
            for (var i = 0; i < 10; i++)
                answers.Add(await ConnectAsync(_lab.B, "10.42.0.2", 80, 100));
            return answers;
        }, TestContext.Current.CancellationToken);
        var second = Enforce(true, stop.Token);
        await second.Ready.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.All(await probing, a => Assert.Equal("silent", a));
        await stop.CancelAsync();
    }

    [Fact]
    public async Task Pod_ThatStarts_IsHeldUntilItsRulesAreInPlace()
    {
        Put(Policy("deny") with { Spec = new() { PodSelector = Labels("pod", "new"), PolicyTypes = ["Egress"] } });
        await Eventually.Become(() => _lab.Node.ShowAsync("nft", "list", "table", "ip", "berth-test-policies"), t => t.Contains("forward-egress", StringComparison.Ordinal));
        // The address of pod b stands for one that was just given; the API does not know of it yet.
        await _cluster.DeleteAsync<Pod>("x", "b", ct: TestContext.Current.CancellationToken);
        var pod = PodAt("x", "new", "") with { Metadata = new() { Namespace = "x", Name = "new", Uid = "u", Labels = ApiMap.Of(("pod", "new")) } };
        await Eventually.Become(async () =>
        {
            // The policy may reach the cache a moment later than the test wrote it; a real pod comes after its policy was seen.
            await _enforcer.AdmitAsync(pod, ["10.42.0.3"], TestContext.Current.CancellationToken);
            return await ConnectAsync(_lab.B, "10.42.0.2", 80);
        }, a => a == "silent");
        Assert.StartsWith("pod-2", await ConnectAsync(_lab.A, "10.42.0.4", 80), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_LeavesNothing()
    {
        Put(Policy("deny") with { Spec = new() { PolicyTypes = ["Ingress"] } });
        await Eventually.Become(() => ConnectAsync(_lab.B, "10.42.0.2", 80), a => a == "silent");
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        await PolicyEnforcer.PurgeAsync("berth-test-policies", _lab.Node, TestContext.Current.CancellationToken);
        Assert.DoesNotContain("policies", await _lab.Node.ShowAsync("nft", "list", "tables"), StringComparison.Ordinal);
    }

    private PolicyEnforcer Enforce(bool bridgeNetfilter, CancellationToken stop)
    {
        var informers = new InformerFactory(_cluster);
        var enforcer = new PolicyEnforcer(
            informers,
            new PolicyEnforcerOptions { Table = "berth-test-policies", NodeName = "node", CheckInterval = TimeSpan.FromMilliseconds(500), GuardBridge = !bridgeNetfilter },
            _lab.Node, NullLogger<PolicyEnforcer>.Instance);
        _running.Add(informers.RunAsync(stop));
        _running.Add(enforcer.RunAsync(stop));
        return enforcer;
    }

    private static Task<string> ConnectAsync(NetworkNamespace from, string address, int port, int timeoutMs = 250) => from.ConnectAsync(address, port, timeoutMs);

    private void Put(NetworkPolicy policy) => _cluster.Put(policy);

    private void Put(string ns, string name, string address, string? label = null) => _cluster.Put(PodAt(ns, name, address, label));

    private static Pod PodAt(string ns, string name, string address, string? label = null) => new()
    {
        Metadata = new() { Namespace = ns, Name = name, Labels = ApiMap.Of(("pod", label ?? name)) },
        Spec = new() { NodeName = "node", Containers = [new() { Name = "main", Ports = [new() { Name = "web", ContainerPortValue = 81 }] }] },
        Status = new() { Phase = "Running", PodIP = address, PodIPs = address.Length > 0 ? [new() { Ip = address }] : [] },
    };

    private static NetworkPolicy Policy(string name) => new() { Metadata = new() { Namespace = "x", Name = name } };

    private static LabelSelector Labels(string key, string value) => new() { MatchLabels = ApiMap.Of((key, value)) };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _listeners.ForEach(l => l.Dispose());
        await _lab.DisposeAsync();
    }
}
