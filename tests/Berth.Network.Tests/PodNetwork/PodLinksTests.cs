using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Client.Informers;
using Berth.Linux.Netlink;
using Berth.Network.PodNetwork;
using Berth.Network.Proxy;
using Berth.Network.Tests.Lab;
using Berth.Resources.Addresses;
using Berth.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using IPAddress = System.Net.IPAddress;
using NetworkNamespace = Berth.Network.Tests.Lab.NetworkNamespace;

namespace Berth.Network.Tests.PodNetwork;

/// <summary>Large packets between pods of a node, in the kernel: who gets them, and that bytes stay what they were.</summary>
public sealed class PodLinksTests
{
    private const uint Large = 196608;
    private const uint Plain = 65536;

    [Fact]
    public async Task Pod_OnANodeWhoseCardsTakeThem_HasLargePacketsAtBothEnds()
    {
        await using var lab = await NodeLab.CreateAsync();
        RequireKernel(lab);
        Assert.Equal(["berth0", "veth0", "veth1", "veth2"], OfSize(lab.Node, Large).Order());
        Assert.All(lab.Pods, pod => Assert.Equal(["eth0"], OfSize(pod, Large)));
        // The way out sends them whole, and receives as before.
        var uplink = Links(lab.Node).Single(l => l.Name == "out0");
        Assert.Equal((Large, Plain), (uplink.GsoV4, uplink.GroV4));
    }

    [Fact]
    public async Task Pod_StartedOnANodeThatGotATunnel_IsAsTheKernelMakesItAndSoAreOthersAgain()
    {
        await using var lab = await NodeLab.CreateAsync();
        RequireKernel(lab);
        await lab.Node.IpAsync("link add vx0 type vxlan id 7 dstport 4789 local 192.0.2.1 remote 192.0.2.2");
        await lab.Links.EnsureAsync(TestContext.Current.CancellationToken);
        Assert.Contains("veth0", OfSize(lab.Node, Large)); // It is down.
        await lab.Node.IpAsync("link set vx0 up");
        await lab.Links.EnsureAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["berth0", "veth0", "veth1", "veth2"], OfSize(lab.Node, Plain).Where(n => n is "berth0" || n.StartsWith("veth", StringComparison.Ordinal)).Order());
        Assert.All(lab.Pods, pod => Assert.Contains("eth0", OfSize(pod, Plain)));
    }

    [Fact]
    public async Task Ensure_SwitchedOff_ChangesNothing()
    {
        await using var lab = await NodeLab.CreateAsync(packetMax: Plain);
        Assert.Empty(OfSize(lab.Node, Large));
        Assert.All(lab.Pods, pod => Assert.Empty(OfSize(pod, Large)));
    }

    [Fact]
    public async Task Ensure_NamespaceThatIsNowhere_LeavesThatPodAndServesTheOthers()
    {
        await using var lab = await NodeLab.CreateAsync(packetMax: Plain);
        RequireKernel(lab);
        var some = Directory.CreateTempSubdirectory("berth-test-");
        try
        {
            // Only one pod's, and a file that is no namespace.
            await File.WriteAllTextAsync(Path.Combine(some.FullName, "a"), "", TestContext.Current.CancellationToken);
            File.CreateSymbolicLink(Path.Combine(some.FullName, "b"), $"/run/netns/{lab.B.Name}");
            using var links = new PodLinks(
                new PodLinksOptions { Bridge = "berth0", NamespaceDirectory = some.FullName, StateDirectory = lab.StateDirectory }, lab.Node, NullLogger.Instance);
            await links.EnsureAsync(TestContext.Current.CancellationToken);
            await links.EnsureAsync(TestContext.Current.CancellationToken);
            Assert.Equal(["berth0", "veth1"], OfSize(lab.Node, Large).Order());
            Assert.Equal(["eth0"], OfSize(lab.B, Large));
            Assert.Empty(OfSize(lab.A, Large));
        }
        finally
        {
            some.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Purge_GivesTheWayOutBackWhatItHad()
    {
        await using var lab = await NodeLab.CreateAsync();
        RequireKernel(lab);
        Assert.Contains("out0", OfSize(lab.Node, Large, sendingOnly: true));
        await lab.PodNetwork.PurgeAsync(TestContext.Current.CancellationToken);
        Assert.Contains("out0", OfSize(lab.Node, Plain));
        Assert.False(Directory.Exists(lab.StateDirectory));
    }

    [Fact]
    public async Task Bytes_OfLargePackets_ArriveAsTheyWereSent()
    {
        // Larger than the tunnel takes: the kernel has to cut what goes there.
        await using var lab = await NodeLab.CreateAsync(dual: true, packetMax: Large);
        RequireKernel(lab);
        var token = TestContext.Current.CancellationToken;
        foreach (var (machine, own, other) in new[] { (lab.Node, 1, 2), (lab.Outside, 2, 1) })
        {
            await machine.IpAsync($"link add vx0 type vxlan id 7 dstport 4789 local 192.0.2.{own} remote 192.0.2.{other}");
            await machine.IpAsync($"address add 203.0.113.{own}/24 dev vx0");
            await machine.IpAsync($"address add 2001:db8:1::{own}/64 dev vx0 nodad");
            await machine.IpAsync("link set vx0 up");
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var cluster = Cluster();
        var informers = new InformerFactory(cluster);
        var options = new ServiceProxyOptions
        {
            Table = "berth-test", NodeName = "node", PodNetwork = IpRanges.Parse("10.42.0.0/16,fd42::/56"), ServiceNetwork = IpRanges.Parse("10.96.0.0/16,fd96::/108"), RouteInterface = "berth0",
        };
        var proxy = new ServiceProxy(informers, options, lab.Node, NullLogger<ServiceProxy>.Instance);
        var running = Task.WhenAll(informers.RunAsync(stop.Token), proxy.RunAsync(stop.Token));
        await proxy.Ready.WaitAsync(TimeSpan.FromSeconds(60), token);

        Assert.Equal(["eth0"], OfSize(lab.A, Large));
        using Socket pod = Listen(lab.B, IPAddress.Any), podV6 = Listen(lab.B, IPAddress.IPv6Any);
        using Socket outside = Listen(lab.Outside, IPAddress.Any), outsideV6 = Listen(lab.Outside, IPAddress.IPv6Any);
        // Straight to a pod; through a Service; masqueraded to the outside, by a card and by a tunnel; from the node; and in from outside.
        Assert.Equal("10.42.0.2", await SendAsync(lab.A, pod, "10.42.0.3", 8080));
        Assert.Equal("fd42::2", await SendAsync(lab.A, podV6, "fd42::3", 8080));
        Assert.Equal("10.42.0.2", await SendAsync(lab.A, pod, "10.96.0.20", 80));
        Assert.Equal("fd42::2", await SendAsync(lab.A, podV6, "fd96::20", 80));
        Assert.Equal("192.0.2.1", await SendAsync(lab.A, outside, "192.0.2.2", 8080));
        Assert.Equal("2001:db8::1", await SendAsync(lab.A, outsideV6, "2001:db8::2", 8080));
        Assert.Equal("203.0.113.1", await SendAsync(lab.A, outside, "203.0.113.2", 8080));
        Assert.Equal("2001:db8:1::1", await SendAsync(lab.A, outsideV6, "2001:db8:1::2", 8080));
        Assert.Equal("10.42.0.1", await SendAsync(lab.Node, pod, "10.96.0.20", 80));
        Assert.Equal("10.42.0.1", await SendAsync(lab.Outside, pod, "10.96.0.20", 80));
        await stop.CancelAsync();
        await running;
    }

    private static Socket Listen(NetworkNamespace machine, IPAddress address)
    {
        var listener = machine.Socket(SocketType.Stream, address.AddressFamily);
        listener.Bind(new IPEndPoint(address, 8080));
        listener.Listen();
        return listener;
    }

    /// <summary>Sends bytes by TCP to whom an address leads.</summary>
    /// <returns>From which address they came.</returns>
    private static async Task<string> SendAsync(NetworkNamespace from, Socket to, string address, int port)
    {
        const int Size = 16 << 20;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        using var client = from.Socket(SocketType.Stream, IPAddress.Parse(address).AddressFamily);
        await client.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), limit.Token);
        using var server = await to.AcceptAsync(limit.Token);
        var sent = new byte[Size];
        new Random(8080).NextBytes(sent);
        var receiving = ReceiveAsync(server, limit.Token);
        for (var rest = sent.AsMemory(); rest.Length > 0;)
            rest = rest[await client.SendAsync(rest, limit.Token)..];
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(sent)), Convert.ToHexString(await receiving));
        return ((IPEndPoint)server.RemoteEndPoint!).Address.ToString();
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 18];
        while (await socket.ReceiveAsync(buffer, cancellation) is > 0 and var length)
            hash.AppendData(buffer.AsSpan(0, length));
        return hash.GetHashAndReset();
    }

    private static FakeCluster Cluster()
    {
        var cluster = new FakeCluster();
        cluster.Put(new Node
        {
            Metadata = new() { Name = "node" },
            Status = new() { Addresses = [new() { Type = "InternalIP", Address = "192.0.2.1" }, new() { Type = "InternalIP", Address = "2001:db8::1" }] },
        });
        cluster.Put(new Service
        {
            Metadata = new() { Name = "sink", Namespace = "default" },
            Spec = new() { Type = "ClusterIP", ClusterIP = "10.96.0.20", ClusterIPs = ["10.96.0.20", "fd96::20"], IpFamilies = ["IPv4", "IPv6"], Ports = [new() { Name = "p", Port = 80, Protocol = "TCP" }] },
        });
        foreach (var (type, address) in new[] { ("IPv4", "10.42.0.3"), ("IPv6", "fd42::3") })
        {
            cluster.Put(new EndpointSlice
            {
                Metadata = new() { Name = $"sink-{type}", Namespace = "default", Labels = ApiMap.Of(("kubernetes.io/service-name", "sink")) },
                AddressType = type,
                Ports = [new() { Name = "p", Port = 8080, Protocol = "TCP" }],
                Endpoints = [new() { Addresses = [address], Conditions = new() { Ready = true }, NodeName = "node" }],
            });
        }

        return cluster;
    }

    private static IReadOnlyList<NetworkLink> Links(NetworkNamespace machine)
    {
        using var netlink = machine.Open(RouteNetlink.Open);
        return netlink.Links();
    }

    /// <summary>Names of the links, save the loopback, whose limits for IPv4 are this, and that for IPv6 the kernel's own.</summary>
    private static IEnumerable<string> OfSize(NetworkNamespace machine, uint size, bool sendingOnly = false) => Links(machine)
        .Where(l => !l.IsLoopback && l.Gso == Plain && l.GsoV4 == size && (sendingOnly || l.GroV4 == size))
        .Select(l => l.Name);

    private static void RequireKernel(NodeLab lab) =>
        Assert.SkipUnless(Links(lab.Node).Any(l => l is { Name: "berth0", GsoV4: > 0, TsoMax: > 0 }), "this kernel has no large packets for IPv4 (Linux 6.3)");
}
