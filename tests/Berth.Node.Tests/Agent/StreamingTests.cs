using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Berth.Node.Tests.Runtime;

namespace Berth.Node.Tests.Agent;

/// <summary>exec over the protocols that kubectl speaks, against the real runtime's streaming server.</summary>
public sealed class StreamingTests(ContainerdFixture fixture)
{
    private const string Forever = "trap 'exit 0' TERM; while true; do sleep 0.1; done";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exec_OverWebSocketV5_EndsStdinAndReportsTheResult()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("streams", Forever));
        await cluster.RunningAsync("streams");

        var (output, errors, status) = await ExecAsync(cluster, "v5.channel.k8s.io", "command=cat&input=1&output=1&error=1", "hello\n");
        Assert.Equal(("hello\n", ""), (output, errors));
        Assert.Contains("\"Success\"", status);

        (output, errors, status) = await ExecAsync(cluster, "v4.channel.k8s.io", "command=sh&command=-c&command=echo out; echo err >%262; exit 3&output=1&error=1", null);
        Assert.Equal(("out\n", "err\n"), (output, errors));
        Assert.Contains("\"NonZeroExitCode\"", status);
        Assert.Contains("\"3\"", status);
    }

    [Fact]
    public async Task Exec_OverSpdy_PassesTheRuntimesUpgradeThrough()
    {
        await using var cluster = await NodeCluster.StartAsync(fixture);
        await cluster.Client.CreateAsync(NodeCluster.Pod("spdy", Forever));
        await cluster.RunningAsync("spdy");

        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", cluster.Options.Server!.Port, Cancellation);
        var request = "POST /exec/default/spdy/main?command=ls&output=1&error=1 HTTP/1.1\r\nHost: node\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Cancellation);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 101", await reader.ReadLineAsync(Cancellation));
        var headers = new List<string>();
        while (await reader.ReadLineAsync(Cancellation) is { Length: > 0 } line) headers.Add(line.ToLowerInvariant());
        Assert.Contains("upgrade: spdy/3.1", headers);
        Assert.Contains("x-stream-protocol-version: v4.channel.k8s.io", headers);
    }

    private static async Task<(string Output, string Errors, string Status)> ExecAsync(NodeCluster cluster, string protocol, string query, string? input)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var pod = query.StartsWith("command", StringComparison.Ordinal) ? "streams" : "";
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{cluster.Options.Server!.Port}/exec/default/{pod}/main?{query}"), limit.Token);
        Assert.Equal(protocol, socket.SubProtocol);
        if (input is not null)
        {
            await socket.SendAsync((byte[])[0, .. Encoding.UTF8.GetBytes(input)], WebSocketMessageType.Binary, true, limit.Token);
            await socket.SendAsync((byte[])[255, 0], WebSocketMessageType.Binary, true, limit.Token);
        }

        var channels = new StringBuilder[256];
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, limit.Token);
            if (part.MessageType == WebSocketMessageType.Close) break;
            if (part.Count > 0) (channels[buffer[0]] ??= new StringBuilder()).Append(Encoding.UTF8.GetString(buffer, 1, part.Count - 1));
        }

        string Of(int channel) => channels[channel]?.ToString() ?? "";
        return (Of(1), Of(2), Of(3));
    }
}
