using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Discovery.V1;
using Berth.Client.Informers;
using Berth.Network.Proxy;
using Berth.Network.Tests.Lab;
using Berth.TestKit;
using Microsoft.Extensions.Logging;
using EndpointPort = Berth.Api.Discovery.V1.EndpointPort;

namespace Berth.Network.Bench;

/// <summary>The service proxy with its real nftables, in a namespace, fed by a cluster in memory.</summary>
internal static class ServiceScale
{
    private const int Services = 10_000;
    private const int EndpointsEach = 5;
    private const int Changes = 30;
    private const int Connections = 2_000;
    private const int Port = 9000;

    public static async Task RunAsync(Report report)
    {
        await using var node = await NetworkNamespace.CreateAsync("bench-node");
        await using var server = await NetworkNamespace.CreateAsync("bench-server");
        await node.IpAsync($"link add v0 type veth peer name eth0 netns {server.Name}");
        await node.IpAsync("address add 198.18.0.1/24 dev v0");
        await node.IpAsync("link set v0 up");
        await server.IpAsync("address add 198.18.0.2/24 dev eth0");
        await server.IpAsync("link set eth0 up");
        // The client is a pod of the same node, as the server is: its packets pass the node's rules on their way.
        await using var client = await NetworkNamespace.CreateAsync("bench-client");
        await node.IpAsync($"link add v1 type veth peer name eth0 netns {client.Name}");
        await node.IpAsync("address add 198.18.1.1/24 dev v1");
        await node.IpAsync("link set v1 up");
        await client.IpAsync("address add 198.18.1.2/24 dev eth0");
        await client.IpAsync("link set eth0 up");
        await client.IpAsync("route add default via 198.18.1.1");
        await server.IpAsync("route add default via 198.18.0.1");
        node.WriteSysctl("net/ipv4/ip_forward", "1");

        var cluster = new FakeCluster();
        cluster.Put(new Node { Metadata = new() { Name = "node" } });
        for (var i = 0; i < Services; i++)
        {
            cluster.Put(ServiceAt(i));
            cluster.Put(SliceAt(i, 0));
        }

        var applied = new AppliedLog();
        var informers = new InformerFactory(cluster);
        var proxy = new ServiceProxy(
            informers,
            new ServiceProxyOptions { Table = "berth-bench", NodeName = "node", PodNetwork = IPNetwork.Parse("198.18.0.0/15"), ServiceNetwork = IPNetwork.Parse("10.64.0.0/12") },
            node, applied);
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var running = Task.WhenAll(informers.RunAsync(stop.Token), proxy.RunAsync(stop.Token));
        await proxy.Ready;
        report.Note($"all rules of {Services:N0} Services, {Services * EndpointsEach:N0} endpoints, from nothing", clock.Elapsed.TotalMilliseconds, "ms");

        await ConnectAsync(report, client, server, cluster, applied);

        List<double> times = [];
        for (var i = 0; i < Changes; i++)
        {
            // As a rolling update changes it: one endpoint goes, another comes. Far enough apart that no change waits for the one before.
            await Task.Delay(1000);
            applied.Clear();
            var began = Stopwatch.GetTimestamp();
            cluster.Put(SliceAt((i * 331) % Services, i + 1));
            times.Add((await applied.NextAsync() - began) * 1000.0 / Stopwatch.Frequency);
        }
        times.Sort();
        report.AtMost($"one endpoint changes, until the kernel has it (median of {Changes})", times[Changes / 2], 100, "ms");
        report.Note("  the slowest", times[^1], "ms");
        report.Note("  of the median: nft and the kernel", applied.MedianMilliseconds(), "ms");
        await stop.CancelAsync();
        await running;
    }

    /// <summary>As a node that starts: 500 Services of ten endpoints, from nothing until each leads to its endpoints.</summary>
    public static async Task ColdStartAsync(Report report)
    {
        const int services = 500;
        const int endpointsEach = 10;
        await using var node = await NetworkNamespace.CreateAsync("bench-cold");
        var cluster = new FakeCluster();
        cluster.Put(new Node { Metadata = new() { Name = "node" } });
        for (var i = 0; i < services; i++)
        {
            cluster.Put(ServiceAt(i));
            cluster.Put(SliceAt(i, 0, endpointsEach));
        }

        var informers = new InformerFactory(cluster);
        var clock = Stopwatch.StartNew();
        var proxy = new ServiceProxy(
            informers,
            new ServiceProxyOptions { Table = "berth-bench", NodeName = "node", PodNetwork = IPNetwork.Parse("198.18.0.0/15"), ServiceNetwork = IPNetwork.Parse("10.64.0.0/12") },
            node, new AppliedLog());
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(informers.RunAsync(stop.Token), proxy.RunAsync(stop.Token));
        await proxy.Ready;
        report.AtMost($"{services} Services of {endpointsEach} endpoints, from nothing until they work", clock.Elapsed.TotalMilliseconds, 5000, "ms");
        await stop.CancelAsync();
        await running;
    }

    // The first packet of a flow goes through the rules, the rest through its entry among the connections.
    private static async Task ConnectAsync(Report report, NetworkNamespace client, NetworkNamespace server, FakeCluster cluster, AppliedLog applied)
    {
        using var listener = server.Enter(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, Port));
            socket.Listen(1024);
            return socket;
        });
        _ = AcceptAsync(listener);
        applied.Clear();
        var slice = SliceAt(77, 0);
        cluster.Put(slice with { Endpoints = [new() { Addresses = ["198.18.0.2"], Conditions = new() { Ready = true } }], Ports = [slice.Ports[0] with { Port = Port }] });
        await applied.NextAsync();
        var cluster77 = new IPEndPoint(IPAddress.Parse(ServiceAt(77).Spec.ClusterIP), 80);
        var direct = new IPEndPoint(IPAddress.Parse("198.18.0.2"), Port);
        List<double> straight = [], proxied = [];
        for (var i = 0; i < Connections; i++)
        {
            straight.Add(Connect(client, direct));
            proxied.Add(Connect(client, cluster77));
        }
        straight.Sort();
        proxied.Sort();
        report.Note("connection set-up, direct (median)", straight[Connections / 2], "us");
        report.AtMost($"connection set-up through a Service, of direct (median of {Connections:N0})", proxied[Connections / 2] / straight[Connections / 2] * 100, 110, "%");
    }

    private static double Connect(NetworkNamespace client, IPEndPoint to)
    {
        using var socket = client.Socket(SocketType.Stream);
        socket.LingerState = new LingerOption(true, 0);
        var began = Stopwatch.GetTimestamp();
        socket.Connect(to);
        return (Stopwatch.GetTimestamp() - began) * 1e6 / Stopwatch.Frequency;
    }

    private static async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
                (await listener.AcceptAsync()).Dispose();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The measure is over.
        }
    }

    private static Service ServiceAt(int number)
    {
        var address = $"10.{64 + (number / 62500)}.{number / 250 % 250}.{(number % 250) + 1}";
        return new()
        {
            Metadata = new() { Namespace = $"ns{number % 100}", Name = $"service-{number}" },
            Spec = new() { Type = "ClusterIP", ClusterIP = address, ClusterIPs = [address], Ports = [new() { Name = "http", Port = 80, Protocol = "TCP" }] },
        };
    }

    private static EndpointSlice SliceAt(int number, int version, int endpoints = EndpointsEach) => new()
    {
        Metadata = new() { Namespace = $"ns{number % 100}", Name = $"service-{number}-a", Labels = ApiMap.Of(("kubernetes.io/service-name", $"service-{number}")) },
        AddressType = "IPv4",
        Endpoints =
        [
            .. Enumerable.Range(version, endpoints).Select(e => new Endpoint
            {
                Addresses = [$"10.{128 + (e % 100)}.{number / 250}.{(number % 250) + 1}"],
                NodeName = $"node-{e}",
                Conditions = new() { Ready = true },
            }),
        ],
        Ports = [new EndpointPort { Name = "http", Protocol = "TCP", Port = 8080 }],
    };

    /// <summary>Notes when the proxy says that rules were applied.</summary>
    private sealed class AppliedLog : ILogger<ServiceProxy>
    {
        private const int Applied = 7302;

        private readonly BlockingCollection<long> _times = [];
        private readonly List<double> _took = [];

        public double MedianMilliseconds()
        {
            lock (_took)
                return _took.Order().ElementAt(_took.Count / 2);
        }

        public void Clear()
        {
            while (_times.TryTake(out _))
            {
            }
        }

        public Task<long> NextAsync() => Task.Run(() => _times.TryTake(out var time, TimeSpan.FromSeconds(30)) ? time : throw new TimeoutException("no rules were applied within 30 s"));

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id == Applied)
            {
                _times.Add(Stopwatch.GetTimestamp());
                if (state is IReadOnlyList<KeyValuePair<string, object?>> values && values.FirstOrDefault(v => v.Key == "Milliseconds").Value is double took)
                {
                    lock (_took)
                        _took.Add(took);
                }
            }
            else if (logLevel >= LogLevel.Warning)
                Console.Error.WriteLine(formatter(state, exception));
        }
    }
}
