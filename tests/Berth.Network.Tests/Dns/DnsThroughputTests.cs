using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Berth.Network.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Tests.Dns;

/// <summary>Rates on whatever runs the tests. The limits are far below what is usual (see the output), so that only a collapse fails.</summary>
public sealed class DnsThroughputTests(ITestOutputHelper output)
{
    [Fact]
    public void Respond_ToServiceQuery_IsFastAndAllocatesLittle()
    {
        using var server = new DnsServer(Records(), null, NullLogger.Instance);
        var query = DnsServerTests.Query("s500.default.svc.cluster.local", DnsType.A, new DnsEdns(1232)).ToBytes();
        var reply = new byte[1232];
        const int rounds = 50_000;
        for (var i = 0; i < rounds; i++)
            server.Respond(query, reply, isTcp: false, out _);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < rounds; i++)
            server.Respond(query, reply, isTcp: false, out _);
        var perSecond = rounds / watch.Elapsed.TotalSeconds;
        var bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / rounds;
        output.WriteLine($"{perSecond:N0} answers/s without sockets, {bytes} bytes allocated each (limit 2048)");
        Assert.InRange(perSecond, 5_000, double.MaxValue);
        Assert.InRange(bytes, 0, 2048);
    }

    [Fact]
    public async Task Server_OverUdp_AnswersManyClients()
    {
        using var server = new DnsServer(Records(), null, NullLogger.Instance);
        var address = server.Listen(IPAddress.Loopback, 0, 0);
        using var stop = new CancellationTokenSource();
        var running = server.RunAsync(stop.Token);
        const int clients = 8;
        const int each = 2_000;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(c => Task.Run(async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
            var query = DnsServerTests.Query($"s{c}.default.svc.cluster.local", DnsType.A).ToBytes();
            var buffer = new byte[512];
            for (var i = 0; i < each; i++)
            {
                await socket.SendAsync(query, TestContext.Current.CancellationToken);
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
                Assert.True(await socket.ReceiveAsync(buffer, patience.Token) > 12);
            }
        })));
        output.WriteLine($"{clients * each / watch.Elapsed.TotalSeconds:N0} answers/s over UDP, with {clients} clients in the same process");
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
        await stop.CancelAsync();
        await running;
    }

    private static DnsRecords Records() => DnsRecords.Empty("cluster.local").With(1, Enumerable.Range(0, 10_000).Select(i =>
        KeyValuePair.Create(("default", $"s{i}"), (DnsService?)new DnsService("default", $"s{i}")
        {
            ClusterIps = [new IPAddress([10, 96, (byte)(i / 250), (byte)(i % 250)])],
            Ports = [new DnsPort("http", "TCP", 80)],
        })));
}
