using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Network.Proxy;
using Berth.Network.Tests.Lab;
using Berth.TestKit;
using Berth.Client.Informers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Bench;

/// <summary>Bytes between two pods of a node, through its bridge and its rules, beside those between two namespaces with nothing but a cable.</summary>
internal static class PodThroughput
{
    private const int Runs = 5;
    private const int Port = 9001;
    private static readonly TimeSpan RunLength = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Report report)
    {
        await using var lab = await NodeLab.CreateAsync();
        await using var left = await NetworkNamespace.CreateAsync("bench-left");
        await using var right = await NetworkNamespace.CreateAsync("bench-right");
        await left.IpAsync($"link add eth0 type veth peer name eth0 netns {right.Name}");
        foreach (var (machine, address) in new[] { (left, "198.18.0.1"), (right, "198.18.0.2") })
        {
            await machine.IpAsync($"address add {address}/24 dev eth0");
            await machine.IpAsync("link set eth0 up");
        }

        var informers = new InformerFactory(new FakeCluster());
        var proxy = new ServiceProxy(
            informers, new ServiceProxyOptions { Table = "berth-bench", NodeName = "node", PodNetwork = IPNetwork.Parse("10.42.0.0/16"), ServiceNetwork = IPNetwork.Parse("10.96.0.0/16") },
            lab.Node, NullLogger<ServiceProxy>.Instance);
        using var stop = new CancellationTokenSource();
        var running = Task.WhenAll(informers.RunAsync(stop.Token), proxy.RunAsync(stop.Token));
        await proxy.Ready;

        List<double> bare = [], pods = [];
        for (var i = 0; i < Runs; i++)
        {
            bare.Add(Measure(left, right, IPAddress.Parse("198.18.0.2")));
            pods.Add(Measure(lab.A, lab.B, IPAddress.Parse("10.42.0.3")));
        }

        bare.Sort();
        pods.Sort();
        report.Note("bytes between two namespaces with a cable (median)", bare[Runs / 2] / 1e9, "GB/s");
        report.AtLeast($"bytes between two pods of a node, of that (median of {Runs})", pods[Runs / 2] / bare[Runs / 2] * 100, 95, "%");
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Bytes a second.</summary>
    private static double Measure(NetworkNamespace from, NetworkNamespace to, IPAddress address)
    {
        using var listener = to.Socket(SocketType.Stream);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Any, Port));
        listener.Listen(1);
        using var sender = from.Socket(SocketType.Stream);
        sender.Connect(new IPEndPoint(address, Port));
        using var receiver = listener.Accept();
        sender.LingerState = new LingerOption(true, 0);
        var sending = new Thread(() => Send(sender));
        sending.Start();
        var buffer = new byte[1 << 18];
        var clock = Stopwatch.StartNew();
        long total = 0;
        while (clock.Elapsed < RunLength)
            total += receiver.Receive(buffer);
        var result = total / clock.Elapsed.TotalSeconds;
        receiver.Dispose();
        sending.Join();
        return result;
    }

    private static void Send(Socket socket)
    {
        var buffer = new byte[1 << 18];
        try
        {
            while (true)
                socket.Send(buffer);
        }
        catch (SocketException)
        {
            // The receiver has seen enough.
        }
    }
}
