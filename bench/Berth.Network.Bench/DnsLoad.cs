using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Berth.Network.Dns;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Network.Bench;

/// <summary>The DNS server in a process of its own, bound to one core, asked by many clients at once over UDP.</summary>
internal static class DnsLoad
{
    private const int Services = 10_000;
    private const int Clients = 32;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    /// <summary>The child's part: serves until its standard input ends.</summary>
    public static async Task<int> ServeAsync(int port)
    {
        var records = DnsRecords.Empty("cluster.local").With(1, Enumerable.Range(0, Services).Select(i =>
            KeyValuePair.Create(("default", $"s{i}"), (DnsService?)new DnsService("default", $"s{i}")
            {
                ClusterIps = [new IPAddress([10, 96, (byte)(i / 250), (byte)(i % 250)])],
                Ports = [new DnsPort("http", "TCP", 80)],
            })));
        using var server = new DnsServer(records, null, NullLogger.Instance);
        var address = server.Listen(IPAddress.Loopback, port, port);
        Console.WriteLine(address.Port);
        using var stop = new CancellationTokenSource();
        var running = server.RunAsync(stop.Token);
        await Console.In.ReadLineAsync();
        await stop.CancelAsync();
        await running;
        return 0;
    }

    public static async Task RunAsync(Report report)
    {
        using var child = Process.Start(new ProcessStartInfo("taskset", ["-c", "0", Environment.ProcessPath!, "dns-server", "0"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var port = int.Parse((await child.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        // Time for the runtime to compile its best.
        await AskAsync(port, TimeSpan.FromSeconds(2));
        child.Refresh();
        var processor = child.TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        var answers = await AskAsync(port, Duration);
        var seconds = clock.Elapsed.TotalSeconds;
        child.Refresh();
        processor = child.TotalProcessorTime - processor;
        report.Note("DNS answers, the clients on the same machine", answers / seconds, "/s");
        report.AtLeast("DNS answers for each second of one core", answers / processor.TotalSeconds, 20_000, "/s");
        child.StandardInput.Close();
        await child.WaitForExitAsync();
    }

    private static async Task<long> AskAsync(int port, TimeSpan duration)
    {
        var end = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            var buffer = new byte[512];
            var query = Query($"s{client * 300}.default.svc.cluster.local");
            var answered = 0L;
            while (Stopwatch.GetTimestamp() < end)
            {
                await socket.SendAsync(query);
                using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
                try
                {
                    await socket.ReceiveAsync(buffer, patience.Token);
                    answered++;
                }
                catch (OperationCanceledException)
                {
                    // A datagram was dropped; the next one counts.
                }
            }
            return answered;
        })));
        return counts.Sum();
    }

    private static byte[] Query(string name)
    {
        List<byte> bytes = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (var label in name.Split('.'))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(System.Text.Encoding.ASCII.GetBytes(label));
        }
        bytes.AddRange([0, 0, 1, 0, 1]);
        return [.. bytes];
    }
}
