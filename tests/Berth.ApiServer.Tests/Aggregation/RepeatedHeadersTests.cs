using System.Net.Sockets;
using System.Net;
using System.Text;
using Berth.ApiServer.Aggregation;

namespace Berth.ApiServer.Tests.Aggregation;

public sealed class RepeatedHeadersTests
{
    [Fact]
    public async Task Request_WithSeveralValuesOfAHeader_SendsALineForEach()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            PlaintextStreamFilter = static (context, _) => new ValueTask<Stream>(new RepeatedHeaders(context.PlaintextStream)),
        };
        using var client = new HttpClient(handler) { Timeout = TestServer.Deadline };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{listener.LocalEndpoint}/apis/x") { Content = new StringContent("the body") };
        RepeatedHeaders.Add(request, 0, "X-Remote-Group", "system:masters");
        RepeatedHeaders.Add(request, 1, "X-Remote-Group", "system:authenticated");
        RepeatedHeaders.Add(request, 2, "X-Remote-Extra-scopes", "a");
        var answering = client.SendAsync(request);

        using var peer = await listener.AcceptTcpClientAsync();
        var received = await ReadAsync(peer.GetStream(), "the body");
        await peer.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        (await answering).Dispose();

        var lines = received.Split("\r\n");
        Assert.Equal(["X-Remote-Group: system:masters", "X-Remote-Group: system:authenticated", "X-Remote-Extra-scopes: a"], lines.Where(l => l.StartsWith("X-", StringComparison.Ordinal)));
        Assert.EndsWith("\r\n\r\nthe body", received, StringComparison.Ordinal);
    }

    private static async Task<string> ReadAsync(Stream stream, string end)
    {
        using var deadline = new CancellationTokenSource(TestServer.Deadline);
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, deadline.Token);
            if (count == 0)
                break;
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
